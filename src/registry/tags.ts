/**
 * The tags of an image of Kasmix in this version, in the manner of Kasm's channels: the version itself, its minor line, and
 * what is built anew every day: `0.2.1`, `0.2`, `0.2.1-rolling-daily`.
 */
export function tagsOf(version: string): [string, ...string[]] {
  return [version, version.split(".").slice(0, 2).join("."), `${version}-rolling-daily`];
}
