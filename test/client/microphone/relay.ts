import { once } from "node:events";
import { createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** A server in front of another one that adds the microphone. */
export interface MicrophoneRelay {
  readonly url: string;
  /** The speakers that connected, in order, each with its address. */
  readonly speakers: readonly { readonly path: string; readonly socket: WebSocket }[];
  close(): void;
}

/** Forwards everything to the server at `target`, and handles the microphone itself. */
export async function startMicrophoneRelay(target: string): Promise<MicrophoneRelay> {
  const { hostname, port } = new URL(target);
  const speakers: { path: string; socket: WebSocket }[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((asked, response) => {
    if (asked.url === "/api/services") {
      response.setHeader("Kasmix-Gateway", "1");
      return response.end(JSON.stringify({ microphone: {} }));
    }
    const passed = request({ hostname, port, path: asked.url, headers: asked.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    passed.end();
  });
  server.on("upgrade", (asked, stream, head) => {
    const path = asked.url ?? "";
    if (path.startsWith("/microphone")) {
      sockets.handleUpgrade(asked, stream, head, (socket) => void speakers.push({ path, socket }));
      return;
    }
    const lines = Object.entries(asked.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const upstream = connect(Number(port), hostname, () =>
      upstream.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`),
    );
    for (const end of [stream, upstream]) end.on("error", () => {});
    stream.pipe(upstream).pipe(stream);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    speakers,
    close() {
      for (const { socket } of speakers) socket.terminate();
      server.closeAllConnections();
      server.close();
    },
  };
}
