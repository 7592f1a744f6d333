import type { FeatureContext } from "./feature.ts";

/** Milliseconds until a feed that ended is opened again. */
const RETRY = 2_000;

/** Receives JSON from a WebSocket while the desktop is connected, and reopens it when it ends. */
export function followFeed(
  { socketAddress, onState }: Pick<FeatureContext, "socketAddress" | "onState">,
  path: string,
  onMessage: (message: unknown) => void,
): void {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    const mine = new WebSocket(socketAddress(path));
    socket = mine;
    mine.addEventListener("message", ({ data }) => onMessage(JSON.parse(String(data))));
    mine.addEventListener("close", () => {
      if (socket !== mine) return;
      socket = undefined;
      timer = setTimeout(open, RETRY);
    });
  };
  onState(({ phase }) => {
    clearTimeout(timer);
    if (phase === "connected" && socket === undefined) open();
    if (phase === "connected") return;
    const last = socket;
    socket = undefined;
    last?.close();
  });
}
