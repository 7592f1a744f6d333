import { mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "vitest";
import type { ControlSite } from "../../../src/runtime/control/routes.ts";
import { startControl } from "../../../src/runtime/control/server.ts";
import type { Navigate } from "../../../src/runtime/launcher/navigate.ts";
import { createJournal } from "../../../src/runtime/log/journal.ts";
import { createLog, type Fields } from "../../../src/runtime/log/log.ts";
import type { LaunchApp } from "../../../src/runtime/session/launch-app.ts";
import { createHistory, type Reporter } from "../../../src/runtime/supervisor/report.ts";
import { type ServiceSpec, supervise } from "../../../src/runtime/supervisor/run.ts";
import type { RecordingStatus } from "../../../src/wire/recording.ts";
import { eventually } from "../../helpers/eventually.ts";

const FIXTURE = join(import.meta.dirname, "../fixtures/service.mjs");

interface Listening {
  readonly path: string;
  readonly report: Reporter;
  readonly navigate: Navigate;
  readonly recording: ControlSite["recording"];
}

/** The URL launcher's answers, by URL. */
const NAVIGATED: Record<string, Awaited<ReturnType<Navigate>>> = {
  "https://x/?a b": { app: "browser", frameId: "F1" },
  "http://127.0.0.1/": { refused: "127.0.0.1 is this container.", reason: "loopback", fix: "Let it in." },
};
const scripted: Navigate = async (url) => NAVIGATED[url] ?? { refused: "It is early.", reason: "starting" };

/** A recorder that records nothing. */
function scriptedRecorder(): Exclude<ControlSite["recording"], string> {
  const film = { files: ["Recording.mp4"], seconds: 83, bytes: 1_234_567 };
  return {
    status: { isRecording: false, seconds: 0, files: [], bytes: 0 },
    async start() {
      this.status = { ...film, isRecording: true };
      return this.status;
    },
    async stop(ended) {
      this.status = { ...film, isRecording: false, ended };
      return this.status;
    },
  } as { status: RecordingStatus } & Exclude<ControlSite["recording"], string>;
}

/** The inside of a container as kasmixctl sees it: a supervisor with real processes, and the socket. */
export class Inside {
  /** The services' directory, for marks and gates. */
  readonly folder = mkdtempSync(join(tmpdir(), "kasmix-control-"));
  readonly path = join(this.folder, "kasmix/control.sock");
  readonly journal = createJournal();
  readonly log = createLog({ fd: openSync("/dev/null", "w"), directory: this.folder, journal: this.journal });
  readonly #history = createHistory();
  readonly report = (options?: { memory?: boolean }) =>
    this.#history.report(this.#supervisor?.state(), options);
  #supervisor: ReturnType<typeof supervise> | undefined;
  #control: ReturnType<typeof startControl> | undefined;

  constructor() {
    mkdirSync(dirname(this.path));
  }

  supervise(...specs: ServiceSpec[]) {
    this.#supervisor = supervise(specs, { log: this.log, onEdge: (edge) => this.#history.note(edge) });
    return this.#supervisor;
  }

  listen(given: Partial<Listening> = {}) {
    const { path = this.path, report = this.report, navigate = scripted } = given;
    const { recording = scriptedRecorder() } = given;
    const { journal, log } = this;
    const order: typeof this.supervisor.order = (...given) => this.supervisor.order(...given);
    const launch: LaunchApp = ({ app = "browser", url }) =>
      url === "refused" ? { refused: "it is not a URL" } : { app };
    const parts = { report, order, launch, navigate, recording };
    this.#control = startControl({ path, ...parts, journal, log });
    return this.#control;
  }

  /** Starts the supervisor and the socket, and waits until it listens. */
  async open(...specs: ServiceSpec[]) {
    this.supervise(...specs);
    this.listen();
    await eventually(() => expect(this.events("control.listening")).toHaveLength(1));
  }

  get supervisor() {
    if (this.#supervisor === undefined) throw new Error("nothing is supervised");
    return this.#supervisor;
  }

  /** A service that carries out these steps (fixtures/service.mjs). */
  spec(name: string, steps: string[], more: Partial<ServiceSpec> = {}): ServiceSpec {
    return {
      name,
      command: [process.execPath, FIXTURE, ...steps],
      environment: { PATH: process.env.PATH },
      directory: this.folder,
      needs: [],
      restart: "always",
      stop: { signal: "TERM", grace: 1, to: "group" },
      critical: false,
      ...more,
    };
  }

  events(event: string): Fields[] {
    return this.journal
      .lines()
      .map((line) => JSON.parse(line) as Fields)
      .filter((fields) => fields.event === event);
  }

  until(name: string, status: string) {
    return eventually(() => expect(this.report().services[name]?.status).toBe(status));
  }

  ask(path: string, options: { readonly method?: string; readonly body?: string } = {}) {
    return ask(this.path, path, options);
  }

  async close() {
    this.#control?.close();
    this.#supervisor?.stop();
    this.#supervisor?.stop();
    await this.#supervisor?.ended;
    await this.log.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One request to a control socket. */
export function ask(
  socketPath: string,
  path: string,
  { method = "GET", body = "" }: { readonly method?: string; readonly body?: string } = {},
): Promise<{ status: number | undefined; body: string; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, method, agent: false }, async (answer) => {
      resolve({ status: answer.statusCode, headers: answer.headers, body: await text(answer) });
    });
    asked.once("error", reject);
    asked.end(body);
  });
}
