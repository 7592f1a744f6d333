import { setTimeout as delay } from "node:timers/promises";
import { type Watching, watch } from "../../load/viewer.ts";
import { CHANGING } from "../counter.ts";
import type { CrowdAnswer, CrowdOrder } from "./crowd.ts";
import { watchSelkies, watchStream } from "./frames.ts";

/** Child process: viewers that count frames. */
let all: readonly Watching[] = [];

const WATCH: Readonly<Record<CrowdOrder["kind"], (order: CrowdOrder) => Promise<Watching>>> = {
  stream: watchStream,
  rfb: (order) => watch(order, { area: CHANGING }),
  selkies: watchSelkies,
};

/** Milliseconds from one viewer to the next: Selkies refuses those of one address who come faster. */
const BETWEEN = 550;

process.on("message", (question: "frames" | { order: CrowdOrder; count: number }) => {
  void perform(question).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ failure: String(error) } satisfies CrowdAnswer),
  );
});
process.on("disconnect", () => process.exit());

async function perform(question: "frames" | { order: CrowdOrder; count: number }): Promise<CrowdAnswer> {
  if (question !== "frames") {
    for (let at = 0; at < question.count; at++) {
      if (question.order.kind === "selkies") await delay(BETWEEN);
      all = [...all, await WATCH[question.order.kind](question.order)];
    }
  }
  const failure = all.find((each) => each.failure !== undefined)?.failure;
  return failure === undefined ? { frames: all.map(({ frames }) => frames) } : { failure };
}
