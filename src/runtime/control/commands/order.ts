import type { ArgsDef } from "citty";
import { KasmixError } from "../../../model/error.ts";
import { parseCount } from "../../../terminal/arguments.ts";
import type { Order } from "../../supervisor/model.ts";
import { type Context, defineCommand } from "../command.ts";
import { unknownService } from "../refusal.ts";
import { type Settled, settle } from "../settle.ts";

const ARGS = {
  service: { type: "positional", required: true, description: "Name of a service: see kasmixctl status" },
  wait: { type: "boolean", default: true, negativeDescription: "Do not wait until it is carried out" },
  timeout: { type: "string", valueHint: "SECONDS", default: "60", description: "Longest time to wait" },
} as const satisfies ArgsDef;

export const start = defineCommand({
  args: ARGS,
  many: true,
  examples: [
    { command: "kasmixctl start sound", explanation: "start a service that is stopped, given up or done" },
    {
      command: "kasmixctl start a b --no-wait",
      explanation: "start several, without waiting",
    },
  ],
  run: (args, context) => run("start", args, context),
});

export const stop = defineCommand({
  args: ARGS,
  many: true,
  examples: [
    { command: "kasmixctl stop sound", explanation: "it stays down until it or the container is started" },
  ],
  run: (args, context) => run("stop", args, context),
});

export const restart = defineCommand({
  args: ARGS,
  many: true,
  examples: [
    { command: "kasmixctl restart desktop", explanation: "and wait until it is ready again" },
    { command: "kasmixctl restart editor --timeout 10", explanation: "exit code 1 if that takes longer" },
  ],
  run: (args, context) => run("restart", args, context),
});

interface OrderArgs {
  readonly _: readonly string[];
  readonly wait: boolean;
  readonly timeout: string;
}

async function run(order: Order, args: OrderArgs, { client, json, print }: Context): Promise<void> {
  const timeout = parseCount(args.timeout, "--timeout") * 1000;
  const services = [...new Set(args._)];
  // Check all names before the first order, so that a typing mistake has no effect.
  const known = Object.keys((await client.report()).services);
  for (const name of services) if (!known.includes(name)) throw usageError(name, known);
  const printed: Promise<void>[] = [];
  const onSettled = (settled: Settled) => {
    if (!json && settled.failure === undefined) printed.push(print(`${settled.service}: ${settled.status}`));
  };
  const results = args.wait
    ? await settle(client, order, services, { timeout, onSettled })
    : await give(client, order, services, onSettled);
  await Promise.all(printed);
  const failed = results.filter(({ failure }) => failure !== undefined);
  if (failed.length > 0) throw failures(order, failed);
  if (json) await print(JSON.stringify(results, null, 2));
}

async function give(
  client: Context["client"],
  order: Order,
  services: readonly string[],
  onSettled: (settled: Settled) => void,
): Promise<Settled[]> {
  const results: Settled[] = [];
  for (const service of services) {
    const answer = await client.order(order, service);
    const report = await client.report();
    const status = report.services[service]?.status ?? "stopped";
    // While the container runs, an order is refused only when it has no effect.
    const failure = "refused" in answer && report.phase !== "running" ? { failure: answer.refused } : {};
    results.push({ service, status, ...failure });
    onSettled(results.at(-1) as Settled);
  }
  return results;
}

function usageError(name: string, known: readonly string[]): KasmixError {
  const { message, fix } = unknownService(name, known);
  return new KasmixError("E_USAGE", message, { fix: fix as string });
}

function failures(order: Order, failed: readonly Settled[]): KasmixError {
  const names = failed.map(({ service }) => service);
  return new KasmixError("E_NOT_READY", `${order} failed for ${names.join(", ")}.`, {
    faults: failed.map(({ service, failure = "" }) => ({ path: service, message: failure })),
    fix: `See its log: kasmixctl logs ${names[0]}`,
  });
}
