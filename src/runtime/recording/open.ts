import type { ServerResponse } from "node:http";
import type { WebSocket } from "ws";
import type { RecordingSign } from "../../wire/recording.ts";
import type { Exchange } from "../gateway/route.ts";
import { sendJson } from "../gateway/send.ts";
import { createSockets } from "../gateway/sockets.ts";
import type { Role } from "../gateway/users.ts";
import type { Offers, SideOptions, SideService } from "../side/service.ts";
import { isWanted } from "../side/switches.ts";
import { parseUploadLimit } from "../uploads/limit.ts";
import { Recorder } from "./recorder.ts";
import { createShelf } from "./shelf.ts";

const ADDRESS = "/api/recording";
/** Concurrent pages, and how many of these are reserved for the owner, as for the screen. */
const [LIMIT, RESERVE] = [32, 2];

/**
 * Records picture and sound into MP4 files in ~/Downloads: for the owner and kasmixctl, with a sign for everybody
 * (docs/use/recording.md). Undefined where there is no stream of the picture.
 */
export function openRecording(
  { environment, directories, log }: SideOptions,
  { screen, sound }: Offers,
): SideService | undefined {
  if (!screen) return undefined;
  const limit = parseUploadLimit(environment.KASMIX_RECORDING_LIMIT ?? "");
  const shelf = createShelf(directories.home, log);
  const recorder = new Recorder({ screen, sound, shelf, limit, log }, () => tell());
  const roles = new Map<WebSocket, Role>();
  const sockets = createSockets({
    ...{ log, limit: LIMIT, reserve: RESERVE },
    onClient(client, role) {
      roles.set(client, role);
      client.once("close", () => roles.delete(client));
      client.send(render(recorder, role));
    },
  });
  const tell = () => {
    for (const [client, role] of roles) client.send(render(recorder, role));
  };
  return {
    name: "recording",
    routes: [
      {
        path: ADDRESS,
        needs: "owner",
        methods: ["GET", "HEAD", "POST", "DELETE"],
        handle: ({ request, response }) => answer(recorder, request.method, response),
      },
    ],
    sockets: [{ path: ADDRESS, needs: "viewer", upgrade: sockets.upgrade }],
    facts: () => ({ canDownload: isWanted("downloads", environment) }),
    offers: { recorder },
    close() {
      sockets.close();
      void recorder.stop("stopped", "");
    },
  };
}

/** Why there is no recorder, for who asks for it. */
export function whyNoRecorder(environment: NodeJS.ProcessEnv): string {
  return isWanted("recording", environment) ? NO_STREAM : SWITCHED_OFF;
}

const SWITCHED_OFF = "Recording is switched off here: KASMIX_RECORDING is 0.";
const NO_STREAM =
  "Nothing can be recorded here: this desktop has no video stream. Images with KasmVNC, images of nixpkgs and those without the wheel have none, nor has a container with KASMIX_STREAM=0.";

/** Only the owner learns the names of files. */
function render({ status }: Recorder, role: Role): string {
  const { isRecording, seconds } = status;
  const sign: RecordingSign = { isRecording, seconds };
  return JSON.stringify(role === "owner" ? status : sign);
}

async function answer(recorder: Recorder, method: Exchange["request"]["method"], response: ServerResponse) {
  const status =
    method === "POST"
      ? await recorder.start("owner")
      : method === "DELETE"
        ? await recorder.stop("asked", "owner")
        : recorder.status;
  sendJson(response, status, "refused" in status ? 409 : 200);
}
