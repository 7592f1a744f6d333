/**
 * The tags of this version's images, named like Kasm's channels: the version, its minor line and the daily build, such as
 * `0.2.1`, `0.2`, `0.2.1-rolling-daily`.
 */
export function tagsOf(version: string): [string, ...string[]] {
  return [version, version.split(".").slice(0, 2).join("."), `${version}-rolling-daily`];
}
