import { SECRETS } from "../runtime/boot/secrets.ts";

/**
 * Options of `docker exec` (and Podman's): the program does not get the container's passwords, which every program on the
 * desktop could read in its environment.
 */
export const WITHOUT_SECRETS: readonly string[] = SECRETS.flatMap((name) => ["--env", `${name}=`]);
