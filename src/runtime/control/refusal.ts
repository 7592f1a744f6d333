import { suggest } from "../../model/suggest.ts";

/** Why a request is not answered as it was meant. */
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

/** There is no service of that name, but perhaps one was meant that there is. */
export function unknownService(name: string, known: readonly string[]): Refusal {
  const near = suggest(name, known);
  const fix = near === undefined ? `The services are: ${known.join(", ")}.` : `Did you mean ${near}?`;
  return new Refusal(404, `There is no service "${name}".`, fix);
}
