/** Runs an action under a name that other tabs can see. */
export async function whileLocked<T>(name: string, action: () => Promise<T>): Promise<T> {
  // Missing over plain HTTP.
  if (!navigator.locks) return action();
  return await navigator.locks.request(name, { mode: "shared" }, action);
}

/** The names that are in use in any tab. */
export async function lockedNames(): Promise<ReadonlySet<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.flatMap(({ name }) => name ?? []));
}
