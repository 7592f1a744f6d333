import type { Fields, Log } from "../../src/runtime/log/log.ts";
import type { Edge } from "../../src/runtime/supervisor/model.ts";

/** A log that keeps every record in memory. */
export function memoryLog() {
  const records: Fields[] = [];
  const written: { service: string; line: string }[] = [];
  const keep = (fields: Fields) => void records.push(fields);
  const log: Log = {
    info: keep,
    warn: keep,
    error: keep,
    health: (_level, fields) => keep(fields),
    output: (service, _stream, line) => void written.push({ service, line }),
    close: async () => {},
  };
  return {
    log,
    records,
    events: (event: string) => records.filter((record) => record.event === event),
    edges: (service: string) =>
      records.filter(
        (record) => record.event === "service" && record.service === service,
      ) as unknown as Edge[],
    output: (service: string) => written.filter((entry) => entry.service === service).map(({ line }) => line),
  };
}
