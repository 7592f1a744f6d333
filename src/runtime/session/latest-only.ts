/** Runs one action at a time. Of the values that come meanwhile only the latest is used. */
export function latestOnly<T>(action: (value: T) => Promise<void>): (value: T) => void {
  let running = false;
  let next: { value: T } | undefined;
  const run = async (value: T) => {
    running = true;
    await action(value);
    running = false;
    const pending = next;
    next = undefined;
    if (pending) void run(pending.value);
  };
  return (value) => {
    if (running) next = { value };
    else void run(value);
  };
}
