import type { Context } from "../../context.ts";

/** Runs a shell command in a container, in the background; it must end with `exec`. Returns a function that ends it. */
export async function startInside(
  { engine }: Context,
  container: string,
  name: string,
  command: string,
): Promise<() => Promise<void>> {
  const file = `/tmp/bench-${name}`;
  await engine.run([
    "exec",
    "--detach",
    container,
    "sh",
    "-c",
    `echo $$ >${file}.pid; exec >${file}.log 2>&1; ${command}`,
  ]);
  return async () => {
    await engine.run(["exec", container, "sh", "-c", END, "sh", `${file}.pid`]);
  };
}

/** Asks a process to end, makes it end after five seconds, and waits until it has. */
const END = `pid=$(cat "$1"); kill $pid 2>/dev/null
for try in $(seq 100); do kill -0 $pid 2>/dev/null || exit 0; sleep 0.05; done
kill -9 $pid; sleep 0.1`;

/** What a process has printed; for messages. */
export function logOf({ engine }: Context, container: string, name: string): Promise<string> {
  return engine.run(["exec", container, "tail", "-n", "5", `/tmp/bench-${name}.log`]);
}
