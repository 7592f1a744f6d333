import type { PointerReport, StreamReport } from "../../wire/screen.ts";
import type { SurfaceName, Surfaces } from "./surface.ts";

/** Messages from the page to the worker: what to draw on comes first, once. */
export type ToWorker =
  | ({ readonly type: "surfaces" } & Surfaces)
  | { readonly type: "open"; readonly address: string }
  | { readonly type: "show"; readonly isVisible: boolean }
  | { readonly type: "draw"; readonly isWanted: boolean }
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

/** A frame that was decoded and, where it is to be seen, drawn. Times are milliseconds. */
export interface Drawn {
  readonly on: SurfaceName | undefined;
  readonly bytes: number;
  readonly isKey: boolean;
  /** Frames before this one that the server left out. */
  readonly dropped: number;
  /** From its arrival until it was drawn. */
  readonly decoding: number;
  /** What it took from capture until it was drawn, less what the fastest of the last frames took to arrive. */
  readonly lag: number;
}
