import type { ServerResponse } from "node:http";
import type { Journal } from "../log/journal.ts";
import type { Log } from "../log/log.ts";

/** Those who get new lines of the journal as they come. */
export interface Followers {
  /** Whether there is no room for another one. */
  isFull(): boolean;
  /** Sends the lines that `wanted` lets through until the reader goes away, or is cut off for reading too slowly. */
  add(journal: Pick<Journal, "follow">, wanted: (line: string) => boolean, response: ServerResponse): void;
  /** Ends every answer in order. */
  close(): void;
}

/** At a time: together with MOST_PENDING that bounds the memory whatever readers do. */
const MOST_FOLLOWERS = 16;
/** Bytes that may wait for a reader. */
const MOST_PENDING = 1024 * 1024;

/** Nobody follows at first. */
export function createFollowers(log: Log): Followers {
  const responses = new Set<ServerResponse>();
  return {
    isFull: () => responses.size >= MOST_FOLLOWERS,
    add(journal, wanted, response) {
      const endFollowing = journal.follow((line) => {
        if (!wanted(line)) return;
        response.write(`${line}\n`);
        if (response.writableLength > MOST_PENDING) cutOff();
      });
      const leave = () => {
        endFollowing();
        responses.delete(response);
      };
      const cutOff = () => {
        leave();
        response.destroy();
        log.warn({ event: "control.slow", message: "a reader of the log was too slow and has been cut off" });
      };
      responses.add(response);
      response.once("close", leave);
    },
    close() {
      for (const response of responses) response.end();
    },
  };
}
