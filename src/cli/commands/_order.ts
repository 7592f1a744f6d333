import type { ArgsDef } from "citty";
import type { Order } from "../../runtime/supervisor/model.ts";
import { parseCount } from "../../terminal/arguments.ts";
import type { Context } from "../command.ts";
import type { Output } from "../output.ts";
import { WORKSPACE } from "./_arguments.ts";
import { type Found, findContainer } from "./_container.ts";

/** The arguments of `start`, `stop` and `restart`. */
export const ORDER_ARGS = {
  workspace: WORKSPACE,
  service: {
    type: "positional",
    required: false,
    description: "Services in it, as ./kasmix status shows them (default: the container)",
  },
  wait: { type: "boolean", default: true, negativeDescription: "Return at once, without waiting" },
  timeout: { type: "string", valueHint: "SECONDS", default: "60", description: "Longest time to wait" },
} as const satisfies ArgsDef;

interface OrderArgs {
  readonly _: readonly string[];
  readonly workspace: string;
  readonly wait: boolean;
  readonly timeout: string;
}

/** Starts, stops or restarts services of a workspace, or its container where none is named. */
export async function runOrder(order: Order, args: OrderArgs, context: Context): Promise<void> {
  const seconds = parseCount(args.timeout, "--timeout");
  const services = args._.slice(1);
  const found = await findContainer(context, args.workspace, { running: services.length > 0 });
  if (services.length > 0) await orderServices(order, services, found, args, context);
  else await orderContainer(order, found, args.wait ? seconds : 0, context);
}

async function orderServices(
  order: Order,
  services: readonly string[],
  { engine, status }: Found,
  { workspace, wait, timeout }: OrderArgs,
  { output }: Context,
): Promise<void> {
  const { askControl } = await import("../../engine/control.ts");
  const flags = [...(wait ? [] : ["--no-wait"]), "--timeout", timeout];
  const results = await showing(output, order, services.join(", "), () =>
    askControl<{ service: string; status: string }[]>(engine, status, [order, ...services, ...flags]),
  );
  const lines = results.map((result) => `${result.service}: ${result.status}`);
  output.result({ workspace, services: results }, lines.join("\n"));
}

async function orderContainer(
  order: Order,
  { engine, status }: Found,
  seconds: number,
  { output, signal }: Context,
): Promise<void> {
  const [container, { waitUntilReady }] = await Promise.all([
    import("../../engine/container.ts"),
    import("../../engine/ready.ts"),
  ]);
  const { workspace } = status;
  await showing(output, order, status.container, async () => {
    await container.orderContainer(engine, order, status);
    if (order !== "stop" && seconds > 0) {
      await waitUntilReady(engine, { ...status, timeout: seconds * 1000, signal });
    }
  });
  const { state, url } = await container.containerStatus(engine, workspace);
  const text = state === "running" ? `Address: ${url}` : `${workspace} is stopped`;
  output.result({ workspace, container: status.container, state, url }, text);
}

const LABELS = {
  start: ["Starting", "Started"],
  stop: ["Stopping", "Stopped"],
  restart: ["Restarting", "Restarted"],
} as const;

/** Does the work with a progress display. */
async function showing<T>(output: Output, order: Order, what: string, work: () => Promise<T>): Promise<T> {
  const [doing, done] = LABELS[order];
  const bar = output.progress(`${doing} ${what}`);
  const result = await work();
  bar.end(`${done} ${what}`);
  return result;
}
