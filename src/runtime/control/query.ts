import { Refusal } from "./refusal.ts";

/** Which lines of the journal are wanted. */
export interface JournalQuery {
  readonly follow: boolean;
  /** Only this service's. */
  readonly service: string | undefined;
  /** `events` are lines of the supervisor, `output` lines of services. */
  readonly kind: "events" | "output" | undefined;
  /** Most of the existing lines, counted from the newest. */
  readonly tail: number | undefined;
}

/** All parameters of the query string. */
export interface Query extends JournalQuery {
  readonly memory: boolean;
  /** App and address to show. */
  readonly app: string | undefined;
  readonly url: string | undefined;
}

/** Reads the parameters of a request; only the `allowed` ones may be present. Throws a Refusal (400). */
export function readQuery(given: URLSearchParams, allowed: readonly (keyof Query)[]): Query {
  for (const name of given.keys()) {
    if ((allowed as readonly string[]).includes(name)) continue;
    const fix =
      allowed.length === 0 ? "This address has no parameters." : `The parameters are: ${allowed.join(", ")}.`;
    throw new Refusal(400, `There is no parameter "${name}".`, fix);
  }
  const text = (name: keyof Query, pattern: RegExp, expected: string) => {
    const value = given.get(name) ?? undefined;
    if (value === undefined || pattern.test(value)) return value;
    throw new Refusal(400, `${name} is "${value}".`, `Use ${expected}.`);
  };
  const tail = text("tail", /^\d{1,9}$/, "a whole number");
  return {
    app: given.get("app") ?? undefined,
    url: given.get("url") ?? undefined,
    memory: text("memory", /^[01]$/, "0 or 1") === "1",
    follow: text("follow", /^[01]$/, "0 or 1") === "1",
    service: given.get("service") ?? undefined,
    kind: text("kind", /^(events|output)$/, "events or output") as Query["kind"],
    tail: tail === undefined ? undefined : Number(tail),
  };
}

/** The lines of the journal that a query selects, and a test for later ones. */
export function chooseLines(
  lines: readonly string[],
  { service, kind, tail }: JournalQuery,
): { readonly kept: readonly string[]; readonly wanted: (line: string) => boolean } {
  const wanted = (line: string) => {
    if (service === undefined && kind === undefined) return true;
    const fields = JSON.parse(line) as { readonly service?: string; readonly event?: string };
    if (service !== undefined && fields.service !== service) return false;
    return kind === undefined || (kind === "events") === (fields.event !== undefined);
  };
  const chosen = lines.filter(wanted);
  return { kept: tail === undefined ? chosen : chosen.slice(Math.max(0, chosen.length - tail)), wanted };
}
