/** Every answer of the gateway has this header, so that the page can tell it from that of a proxy in between. */
export const GATEWAY_HEADER = "Kasmix-Gateway";

/** Why the gateway refused a request or a WebSocket of a page, where a proxy in between may be the cause. */
export const REFUSAL_HEADER = "Kasmix-Refusal";

/**
 * `origin`: the page counts as another site's. `upgrade`: a WebSocket came without its Upgrade header. `password`: it
 * came with neither a password nor a valid cookie.
 */
export type RefusalCause = "origin" | "upgrade" | "password";
