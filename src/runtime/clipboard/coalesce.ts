/**
 * A function that starts `action`, but never twice at once: requests while it runs become one further run. `action`
 * must not reject.
 */
export function coalesce(action: () => Promise<void>): () => void {
  let [isRunning, isDue] = [false, false];
  const run = async () => {
    isRunning = true;
    do {
      isDue = false;
      await action();
    } while (isDue);
    isRunning = false;
  };
  return () => {
    if (isRunning) isDue = true;
    else void run();
  };
}
