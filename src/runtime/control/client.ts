import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { KasmixError } from "../../model/error.ts";
import type { RecordingStatus } from "../../wire/recording.ts";
import type { Navigated, Unopened } from "../launcher/navigate.ts";
import type { LaunchRequest } from "../session/launch-app.ts";
import type { Order } from "../supervisor/model.ts";
import type { Report } from "../supervisor/report.ts";
import type { JournalQuery } from "./query.ts";
import type { OrderAnswer } from "./routes.ts";

/** A client of the control socket. Every method throws E_ENGINE when the supervisor does not answer. */
export interface ControlClient {
  report(options?: { readonly memory?: boolean }): Promise<Report>;
  /** Gives an order; `refused` is the reason why it is not carried out. Throws E_USAGE for an unknown service. */
  order(order: Order, service: string): Promise<OrderAnswer | { readonly refused: string }>;
  /** Shows an app, or a URL in one; `refused` is the reason why not. */
  launch(request: LaunchRequest): Promise<{ readonly app: string } | { readonly refused: string }>;
  /** Opens a URL in the URL launcher's browser; `refused` is the reason why not. */
  navigate(url: string): Promise<Navigated>;
  /** Starts or ends a recording, or tells about it; `refused` is the reason why not. */
  record(order: RecordOrder): Promise<RecordingStatus | { readonly refused: string }>;
  /** Lines of the journal, each ending with a newline. Throws E_USAGE for an unknown service. */
  journal(query?: Partial<JournalQuery>): Promise<IncomingMessage>;
}

export type RecordOrder = "start" | "stop" | "status";

export interface ClientOptions {
  /** The socket. */
  readonly path: string;
  /** Milliseconds to wait for a supervisor that is not there yet. @default 10000 */
  readonly patience?: number;
  /** Milliseconds to wait for an answer, except about a URL or a recording. @default 10000 */
  readonly answerTimeout?: number;
}

const PAUSE = 50;
/** Milliseconds to wait for the answer to a URL: name servers and the browser have 5 s each. */
const NAVIGATION_TIMEOUT = 20_000;
/** Milliseconds to wait for a recording: its first picture has 10 s, and a slow disk needs time for the end. */
const RECORDING_TIMEOUT = 30_000;

/** Makes a client. Nothing is sent before the first call. */
export function createClient({
  path,
  patience = 10_000,
  answerTimeout = 10_000,
}: ClientOptions): ControlClient {
  let answered = false;
  const ask = async (method: string, target: string, timeout = answerTimeout) => {
    const deadline = performance.now() + patience;
    for (;;) {
      try {
        const answer = await send(path, method, target, timeout);
        answered = true;
        return answer;
      } catch (error) {
        // A supervisor that has answered before is gone, not late.
        if (answered || !isEarly(error) || performance.now() > deadline) throw noAnswer(error, path);
      }
      await delay(PAUSE);
    }
  };
  return {
    report: async ({ memory = false } = {}) => read(await ask("GET", `/state${memory ? "?memory=1" : ""}`)),
    async order(order, service) {
      const answer = await ask("POST", `/services/${encodeURIComponent(service)}/${order}`);
      if (answer.statusCode !== 409) return read(answer);
      return { refused: ((await parse(answer)) as Refused).error };
    },
    async launch(request) {
      const answer = await ask("POST", `/launch?${new URLSearchParams({ ...request })}`);
      if (answer.statusCode !== 409) return read(answer);
      return { refused: ((await parse(answer)) as Refused).error };
    },
    async navigate(url) {
      const answer = await ask("POST", `/navigate?${new URLSearchParams({ url })}`, NAVIGATION_TIMEOUT);
      if (answer.statusCode !== 409) return read(answer);
      const { error: refused, ...more } = (await parse(answer)) as Refused & Omit<Unopened, "refused">;
      return { refused, ...more };
    },
    async record(order) {
      const [method, path] = order === "status" ? ["GET", ""] : ["POST", `/${order}`];
      const answer = await ask(method, `/recording${path}`, RECORDING_TIMEOUT);
      if (answer.statusCode !== 409) return read(answer);
      return { refused: ((await parse(answer)) as Refused).error };
    },
    async journal(query = {}) {
      const answer = await ask("GET", `/journal?${parameters(query)}`);
      return answer.statusCode === 200 ? answer : read<never>(answer);
    },
  };
}

function send(socketPath: string, method: string, path: string, timeout: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, agent: false }, (answer) => {
      asked.setTimeout(0);
      resolve(answer);
    });
    asked.setTimeout(timeout, () => {
      asked.destroy(new Error(`no answer in ${timeout / 1000} s`));
    });
    asked.once("error", reject);
    asked.end();
  });
}

/** Whether there is no supervisor yet, as in a container's first moments. */
function isEarly(error: unknown): boolean {
  return ["ENOENT", "ECONNREFUSED"].includes((error as NodeJS.ErrnoException).code ?? "");
}

function noAnswer(error: unknown, path: string): KasmixError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EACCES") {
    return new KasmixError("E_ENGINE", `${path} belongs to another user.`, {
      fix: "Run kasmixctl as the container's user: docker exec without --user.",
      cause: error,
    });
  }
  return new KasmixError("E_ENGINE", `No supervisor answers on ${path}: ${message}`, {
    fix: "See its log: docker logs CONTAINER",
    cause: error,
  });
}

interface Refused {
  readonly error: string;
  readonly fix?: string;
}

async function read<T>(answer: IncomingMessage): Promise<T> {
  const value = await parse(answer);
  const { statusCode = 0 } = answer;
  if (statusCode < 300) return value as T;
  const { error, fix } = value as Refused;
  const code = statusCode === 404 ? "E_USAGE" : "E_ENGINE";
  throw new KasmixError(code, error, fix === undefined ? {} : { fix });
}

async function parse(answer: IncomingMessage): Promise<unknown> {
  const body = await text(answer);
  try {
    return JSON.parse(body);
  } catch {
    throw new KasmixError("E_ENGINE", `The supervisor's answer is not JSON: ${body.slice(0, 200)}`);
  }
}

function parameters({ follow, service, kind, tail }: Partial<JournalQuery>): URLSearchParams {
  return new URLSearchParams({
    ...(follow ? { follow: "1" } : {}),
    ...(service === undefined ? {} : { service }),
    ...(kind === undefined ? {} : { kind }),
    ...(tail === undefined ? {} : { tail: String(tail) }),
  });
}
