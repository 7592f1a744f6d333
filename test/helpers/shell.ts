import { $ as zx } from "zx";

/**
 * zx without the commands' stderr in the output of the tests; a failure has it in its message. A shell whose stdin is
 * one of Node's sockets may take itself for a remote one and read .bashrc.
 */
export const $ = zx({ quiet: true, stdio: ["ignore", "pipe", "pipe"] });
