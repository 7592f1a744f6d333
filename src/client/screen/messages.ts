import type { PointerReport, StreamReport } from "../../wire/screen.ts";

/** Messages from the page to the worker: the canvas to draw on comes first, once. */
export type ToWorker =
  | { readonly type: "canvas"; readonly canvas: OffscreenCanvas }
  | { readonly type: "open"; readonly address: string }
  | { readonly type: "show"; readonly isVisible: boolean }
  | { readonly type: "retry" | "close" };

/**
 * Messages from the worker to the page. `lost`: the connection broke and is opened again. `impossible`: this browser
 * decodes nothing that the server has.
 */
export type FromWorker =
  | { readonly type: "report"; readonly report: StreamReport }
  | { readonly type: "drawn"; readonly drawn: Drawn }
  | { readonly type: "pointer"; readonly place: PointerReport["pointer"] }
  | { readonly type: "lost" | "impossible" };

/** A frame that was drawn. Times are milliseconds. */
export interface Drawn {
  readonly bytes: number;
  readonly isKey: boolean;
  /** Frames before this one that the server left out. */
  readonly dropped: number;
  /** From its arrival until it was drawn. */
  readonly decoding: number;
  /** What it took from capture until it was drawn, less what the fastest of the last frames took to arrive. */
  readonly lag: number;
}
