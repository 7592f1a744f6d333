import { $ as zx } from "zx";

/** zx without the commands' stderr in the output of the tests; a failure has it in its message. */
export const $ = zx({ quiet: true });
