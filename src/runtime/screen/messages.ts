import { type Hello, SCREEN, type Wish } from "../../wire/screen.ts";

/** A text message of a client; undefined if it is none. Codecs that the encoder does not know are left out. */
export function parseMessage(text: string): Hello | Wish | undefined {
  const { codecs, keyFrame, isVisible } = parse(text);
  if (Array.isArray(codecs)) return { codecs: SCREEN.codecs.filter((codec) => codecs.includes(codec)) };
  const wish: Wish = {
    ...(keyFrame === true ? { keyFrame } : {}),
    ...(typeof isVisible === "boolean" ? { isVisible } : {}),
  };
  return Object.keys(wish).length > 0 ? wish : undefined;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
