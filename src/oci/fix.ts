/** What to do where a registry does not answer, is not trusted, or wants a login. */
export const FIX = {
  unreachable: "Check the host and its port, and whether the registry runs.",
  insecure: "If you trust that registry: --insecure",
  login: "Sign in first: skopeo login HOST (or docker login HOST)",
} as const;
