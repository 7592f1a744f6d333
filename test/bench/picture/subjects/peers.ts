import { request } from "node:https";
import { KasmixError } from "../../../../src/model/error.ts";
import { persist } from "../../container.ts";
import type { Content } from "../contents.ts";
import { openParts } from "../ends.ts";
import { connectWhenReady } from "../glass.ts";
import { type Ground, PEER_PORT } from "./container.ts";
import { logOf, startInside } from "./inside.ts";
import { PEERS } from "./packages.ts";
import type { Opened, Subject } from "./subject.ts";

/** The display of the peers: the image's TigerVNC, as Kasmix runs it, but without a desktop that nobody would see. */
const DISPLAY = 2;
const RFB_PORT = 5902;
/** Kasmix's own certificate with its key. All use TLS, so that nobody pays for it alone. */
const IDENTITY = "$HOME/.vnc/kasmix.pem";

/** TigerVNC with Debian's websockify and noVNC. */
export function novncSubject(ground: Ground): Subject {
  const tree = `${PEERS}/noVNC/usr`;
  const libraries = `${tree}/lib/$(uname -m)-linux-gnu`;
  // As Debian's alternatives would name the libraries of numpy.
  const environment = `PYTHONPATH=${tree}/lib/python3/dist-packages LD_LIBRARY_PATH=${libraries}:${libraries}/blas:${libraries}/lapack`;
  const options = `--cert=${IDENTITY} --ssl-only --web=${tree}/share/novnc`;
  return {
    name: "noVNC",
    open: (content) =>
      openPeer(ground, content, {
        command: `export ${environment}; exec python3 -m websockify ${options} ${PEER_PORT} localhost:${RFB_PORT}`,
        page: "vnc.html?autoconnect=1&resize=remote",
        crowd: { kind: "rfb", path: "websockify" },
      }),
  };
}

/** Selkies with its own settings, without what needs sound and devices. */
export function selkiesSubject(ground: Ground): Subject {
  const off = ["audio", "microphone", "gamepad", "webcam"].map((name) => `--${name}-enabled=false`).join(" ");
  const tls = `--enable-https=true --https-cert=${IDENTITY} --https-key=${IDENTITY}`;
  const options = `--mode=websockets --public --port=${PEER_PORT} --enable-basic-auth=false ${tls} ${off}`;
  return {
    name: "Selkies",
    open: (content) =>
      openPeer(ground, content, {
        command: `cd /tmp; export PYTHONPATH=${PEERS}/Selkies DISPLAY=:${DISPLAY}; exec python3 -m selkies ${options}`,
        page: "",
        crowd: { kind: "selkies", path: "api/websockets?role=viewer" },
      }),
  };
}

interface Peer {
  readonly command: string;
  /** Its page and what further viewers connect to, from its root. */
  readonly page: string;
  readonly crowd: { readonly kind: Opened["crowd"]["kind"]; readonly path: string };
}

function openPeer(
  { context, name, display, peerPort }: Ground,
  content: Content,
  peer: Peer,
): Promise<Opened> {
  return openParts(async (atEnd) => {
    const place = display(DISPLAY);
    atEnd(await startInside(context, name, "display", displayCommand(content)));
    (await connectWhenReady(place, undefined, context.signal)).close();
    atEnd(await startInside(context, name, "peer", peer.command));
    await persist(() => requirePage(peerPort), context.signal).catch(async (cause: unknown) => {
      const log = await logOf(context, name, "peer");
      throw new KasmixError("E_NOT_READY", `The peer does not answer. It said:\n${log}`, { cause });
    });
    const address = `localhost:${peerPort}`;
    const url = `wss://${address}/${peer.crowd.path}`;
    const crowd = { kind: peer.crowd.kind, url, user: "kasm_user", password: "" };
    return { place, url: `https://${address}/${peer.page}`, crowd };
  });
}

/** As src/runtime/session/display.ts, but on a port of the container itself. Who reaches its socket needs no cookie. */
function displayCommand({ width, height }: Content): string {
  const rfb = `-rfbport ${RFB_PORT} -localhost -SecurityTypes None -AlwaysShared -AcceptSetDesktopSize -UseBlacklist=0`;
  const screen = `-geometry ${width}x${height} -depth 24 -FrameRate 60 -noreset -s 0`;
  return `exec Xtigervnc :${DISPLAY} ${rfb} ${screen} -ac -nolisten tcp -nolisten local`;
}

function requirePage(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: "127.0.0.1",
      port,
      rejectUnauthorized: false,
      agent: false,
      timeout: 1000,
    });
    asked.on("response", (response) => {
      response.resume();
      if ((response.statusCode ?? 500) < 500) resolve();
      else reject(new Error(`it answers ${response.statusCode}`));
    });
    asked.on("timeout", () => asked.destroy(new Error("it does not answer")));
    asked.on("error", reject);
    asked.end();
  });
}
