import type { XPlace } from "../content/painter.ts";
import type { Content } from "../contents.ts";
import type { CrowdOrder } from "../crowd/crowd.ts";

/** A way to show a desktop to a browser. */
export interface Subject {
  readonly name: string;
  /** Has a desktop of the content's size ready for a viewer. */
  open(content: Content): Promise<Opened>;
}

export interface Opened {
  /** The desktop's X server. */
  readonly place: XPlace;
  /** The client's page. */
  readonly url: string;
  /** What a viewer without a browser connects to. */
  readonly crowd: CrowdOrder;
  close(): Promise<void>;
}
