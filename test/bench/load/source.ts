import { createServer } from "node:net";

/** Child process: a display server of one message without end, on a TCP port and a Unix socket (argument 1). */
const block = Buffer.alloc(64 * 1024, "kasmix");
const serve = () =>
  createServer({ allowHalfOpen: false }, (socket) => {
    socket.on("error", () => {});
    const fill = () => {
      while (!socket.destroyed && socket.write(block));
    };
    // Reads the other side's data, so that it can close the connection.
    socket.on("drain", fill).resume();
    fill();
  });
serve().listen(process.argv[2]);
const tcp = serve().listen(0, "127.0.0.1", () => {
  const address = tcp.address();
  process.send?.(typeof address === "object" ? address?.port : undefined);
});
