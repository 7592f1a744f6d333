/** The basic types of a workspace. The schema checks their form. */

/** A Debian package name, or an attribute path of nixpkgs: what the base has. */
export type PackageName = string;

/**
 * An attribute path of nixpkgs: names with dots between them, as in `kdePackages.kate`.
 * @pattern ^[A-Za-z_][A-Za-z0-9_+-]*(\.[A-Za-z_][A-Za-z0-9_+-]*)*$
 */
export type AttributePath = string;

/**
 * A file of a package of nixpkgs: attribute path, `/`, path in the package, as in `firefox/bin/firefox`.
 * @pattern ^[A-Za-z_][A-Za-z0-9_+-]*(\.[A-Za-z_][A-Za-z0-9_+-]*)*(/(?!\.{1,2}(/|$))[^/\s]+)+$
 */
export type PackageFile = string;

/**
 * An absolute path in the image, without `..` or empty parts.
 * @pattern ^(/(?!\.{1,2}(/|$))[^/\u0000-\u001f]+)+$
 */
export type ImagePath = string;

/**
 * A TCP port that an unprivileged process may listen on.
 * @minimum 1024 @maximum 65535
 * @asType integer
 */
export type Port = number;

/**
 * A size with a binary unit: `512MiB`, `4GiB`.
 * @pattern ^[1-9][0-9]*(MiB|GiB)$
 */
export type Size = string;

/**
 * A program and its arguments.
 * @minItems 1
 */
export type Command = readonly string[];

/**
 * A file descriptor after standard input, output and error.
 * @minimum 3 @maximum 255
 * @asType integer
 */
export type FileDescriptor = number;

/**
 * A text of at least one character.
 * @minLength 1
 */
export type NonEmpty = string;

/**
 * A time of ten seconds or more: `90s`, `30min`, `8h`.
 * @pattern ^([1-9][0-9]{1,4}s|[1-9][0-9]{0,4}(min|h))$
 */
export type Duration = string;
