/**
 * A page in a browser that Playwright does not control. Selectors are CSS's; keys have the names of
 * KeyboardEvent.key.
 */
export interface Visitor {
  /** The value of an expression in the page. */
  evaluate<T>(expression: string): Promise<T>;
  click(selector: string): Promise<void>;
  clickAt(x: number, y: number): Promise<void>;
  /** Types into the focused element; a line feed is the Enter key. */
  type(text: string): Promise<void>;
  /** Presses keys together, in this order. */
  press(...keys: readonly string[]): Promise<void>;
  choose(selector: string, file: string): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  reload(): Promise<void>;
  screenshot(options?: { readonly path?: string }): Promise<Buffer>;
  /** Ends the browser. */
  close(): Promise<void>;
}

/** Opens the client as its owner. */
export interface VisitorOptions {
  readonly url: string;
  readonly password: string;
  /** For the browser's process; must name a sound server. */
  readonly environment: Readonly<Record<string, string>>;
}
