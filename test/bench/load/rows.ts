import { MIB } from "../context.ts";
import type { RelayFigures, Throughput } from "./relay.ts";
import type { Phase } from "./viewers.ts";

/** The figures of a load run, for people. */
export function renderLoad(relay: RelayFigures, phases: readonly Phase[]): string {
  return [...renderRelay(relay), "", ...renderPhases(phases)].join("\n");
}

function renderRelay({ tcp, gateway, ...rivals }: RelayFigures): string[] {
  const row = (name: string, { rate, cost }: Throughput) =>
    `| ${name} | ${(rate / MIB).toFixed(0)} MiB/s | ${(rate / tcp).toFixed(2)} | ${cost.toFixed(2)} s |`;
  const compared = (name: string, title: string, found: Throughput | undefined) =>
    found === undefined
      ? [`| ${name} | not installed | | |`]
      : [
          row(title, found),
          `| gateway / ${name} | ${(gateway.rate / found.rate).toFixed(1)} x | | ${(gateway.cost / found.cost).toFixed(2)} |`,
        ];
  return [
    "| relay, one connection | throughput | of raw TCP | processor time for 1 GiB |",
    "| --- | --- | --- | --- |",
    `| raw TCP, nothing between | ${(tcp / MIB).toFixed(0)} MiB/s | 1 | |`,
    row("Kasmix's gateway, TLS", gateway),
    ...compared("websockify", "Debian's websockify, TLS", rivals.websockify),
    ...compared("stunnel", "Debian's stunnel: TLS alone, in C", rivals.stunnel),
  ];
}

function renderPhases(phases: readonly Phase[]): string[] {
  const spread = (frames: readonly number[]) =>
    frames.length === 0 ? "" : `${Math.min(...frames).toFixed(1)}-${Math.max(...frames).toFixed(1)}`;
  return [
    "| viewers | seconds | frames/s of each | of the slow | all together | gateway CPU | display CPU | gateway memory, most | waiting for one, most |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...phases.map((phase) => {
      const { fast, slow, seconds, throughput, gatewayLoad, displayLoad, memory, waiting } = phase;
      const cells = [
        slow === 0 ? `${fast}` : `${fast} + ${slow} slow`,
        seconds.toFixed(0),
        spread(phase.fastFrames),
        spread(phase.slowFrames),
        `${(throughput / MIB).toFixed(1)} MiB/s`,
        gatewayLoad.toFixed(2),
        displayLoad.toFixed(2),
        `${(memory / MIB).toFixed(0)} MiB`,
        `${(waiting / 1024).toFixed(0)} KiB`,
      ];
      return `| ${cells.join(" | ")} |`;
    }),
  ];
}
