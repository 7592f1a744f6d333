import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * Whether an Authorization header carries the token, compared in constant time. Without a token every header is
 * refused. Undefined for a header without a bearer token.
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
    // Node decodes headers as latin1.
    return expected !== undefined && timingSafeEqual(digest(Buffer.from(given, "latin1")), expected);
  };
}
