/**
 * Content-Disposition of a file that is to be saved: its name for everybody in ASCII, and for all that know RFC 5987
 * (in HTTP: RFC 6266 and 8187) as it is.
 */
export function attachment(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/gu, "_");
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encode(name)}`;
}

/** encodeURIComponent leaves some characters alone that are special here. */
function encode(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
