import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * Whether an Authorization header carries the token, in a time that tells nothing about it. Without a token nothing is
 * admitted. Undefined when there is no bearer token at all.
 */
export function createTokenCheck(
  token: string | undefined,
): (header: string | undefined) => boolean | undefined {
  const secret = randomBytes(32);
  const digest = (bytes: Buffer) => createHmac("sha256", secret).update(bytes).digest();
  const expected = token ? digest(Buffer.from(token)) : undefined;
  return (header) => {
    const given = /^bearer +(.+)$/i.exec(header?.trim() ?? "")?.[1];
    if (given === undefined) return undefined;
    // Node gives a header's bytes as so many characters.
    return expected !== undefined && timingSafeEqual(digest(Buffer.from(given, "latin1")), expected);
  };
}
