import type { Content } from "../contents.ts";

/** What the child process is to do: show a content on a display, keep it still, let it move on, remove it, or only tell. */
export type Order =
  | {
      readonly type: "show";
      /** The X server's socket. */
      readonly socket: string;
      /** In base64. */
      readonly cookie: string;
      readonly content: Content;
    }
  | { readonly type: "freeze" | "move" | "end" | "look" };

export interface Answer {
  /** Pictures drawn so far; the last one has the number before. */
  readonly drawn: number;
  /** When the last one was drawn, as `performance.timeOrigin + performance.now()`. */
  readonly at: number;
}
