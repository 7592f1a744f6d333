import { parsePort } from "../arguments.ts";

/** The argument of nearly every command. */
export const WORKSPACE = {
  type: "positional",
  required: true,
  description: "Name of a folder under workspaces/",
} as const;

/** Flags that choose the image. */
export const VENDOR_ARGS = {
  "without-vendor": {
    type: "boolean",
    description: "Leave vendor software out, and show a notice in its place",
  },
} as const;

/** Flags for a workspace's address on this machine. */
export const ADDRESS_ARGS = {
  port: {
    type: "string",
    valueHint: "PORT",
    // For callers that cannot pass flags, such as xc.
    default: process.env.KASMIX_PORT || "6901",
    description: "Port on this machine; KASMIX_PORT sets another default",
  },
  bind: {
    type: "string",
    valueHint: "ADDRESS",
    default: "127.0.0.1",
    description: "Address to listen on; 0.0.0.0 lets other machines in",
  },
} as const;

/** The values of both. Throws E_USAGE for an invalid port. */
export function addressFrom(args: { readonly port: string; readonly bind: string }): {
  port: number;
  bind: string;
} {
  return { port: parsePort(args.port, "--port"), bind: args.bind };
}
