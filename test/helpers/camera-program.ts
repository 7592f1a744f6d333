import { once } from "node:events";
import { connect } from "node:net";

/** A program that has the desktop's camera open: it gives out buffers as the library of nix/devices does. */
export async function openCameraProgram(path: string) {
  const socket = connect(path);
  await once(socket, "connect");
  let bytes = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
  });
  return {
    /** Gives out so many more buffers. */
    wish: (count: number) => void socket.write(Buffer.alloc(count, 1)),
    /** The pictures that it got. */
    pictures(): Buffer[] {
      const found: Buffer[] = [];
      for (let at = 0; at + 4 <= bytes.length; at += 4 + bytes.readUInt32LE(at))
        found.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32LE(at)));
      return found;
    },
    close: () => void socket.destroy(),
  };
}
