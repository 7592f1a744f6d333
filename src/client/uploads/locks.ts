/** Does something while other tabs can see that this one is at it, under a name. */
export async function whileLocked<T>(name: string, action: () => Promise<T>): Promise<T> {
  // Not there over plain http.
  if (!navigator.locks) return action();
  return await navigator.locks.request(name, { mode: "shared" }, action);
}

/** The names under which something is done now, in whatever tab. */
export async function lockedNames(): Promise<ReadonlySet<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.flatMap(({ name }) => name ?? []));
}
