import { suggest } from "../../terminal/suggest.ts";

/** The reason why a request is refused. */
export class Refusal extends Error {
  readonly status: number;
  /** What to do about it. */
  readonly fix: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, fix?: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.fix = fix;
    this.headers = headers;
  }
}

/** The refusal for an unknown service, with the most similar name. */
export function unknownService(name: string, known: readonly string[]): Refusal {
  const near = suggest(name, known);
  const fix = near === undefined ? `The services are: ${known.join(", ")}.` : `Did you mean ${near}?`;
  return new Refusal(404, `There is no service "${name}".`, fix);
}
