import type { ServerResponse } from "node:http";
import type { Journal } from "../log/journal.ts";
import type { Log } from "../log/log.ts";

/** Clients that get new lines of the journal as they are written. */
export interface Followers {
  /** Whether the limit is reached. */
  isFull(): boolean;
  /** Sends the lines that `wanted` accepts until the client leaves, or is disconnected because it reads too slowly. */
  add(journal: Pick<Journal, "follow">, wanted: (line: string) => boolean, response: ServerResponse): void;
  /** Ends every answer in order. */
  close(): void;
}

/** Most clients at a time. Together with MOST_PENDING this bounds the memory. */
const MOST_FOLLOWERS = 16;
/** Most bytes that wait for a client. */
const MOST_PENDING = 1024 * 1024;

/** Makes an empty list of followers. */
export function createFollowers(log: Log): Followers {
  const responses = new Set<ServerResponse>();
  return {
    isFull: () => responses.size >= MOST_FOLLOWERS,
    add(journal, wanted, response) {
      const endFollowing = journal.follow((line) => {
        if (!wanted(line)) return;
        response.write(`${line}\n`);
        if (response.writableLength > MOST_PENDING) disconnect();
      });
      const leave = () => {
        endFollowing();
        responses.delete(response);
      };
      const disconnect = () => {
        leave();
        response.destroy();
        log.warn({
          event: "control.slow",
          message: "a client that follows the log read too slowly and was disconnected",
        });
      };
      responses.add(response);
      response.once("close", leave);
    },
    close() {
      for (const response of responses) response.end();
    },
  };
}
