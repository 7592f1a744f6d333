import { type Document, isMap, isNode, isScalar, isSeq } from "yaml";
import type { Step } from "./paths.ts";

/** The steps of a path as `showPath` writes it. */
export function stepsOf(path: string): Step[] {
  return path
    .split(/[.[\]]+/)
    .filter((step) => step !== "")
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** Where a setting begins in the text; where its group does, if it is not there. */
export function offsetOf(document: Document, steps: readonly Step[]): number {
  for (let length = steps.length; length > 0; length -= 1) {
    const [group, step] = [document.getIn(steps.slice(0, length - 1), true), steps[length - 1]];
    const pair = isMap(group) && group.items.find(({ key }) => isScalar(key) && key.value === step);
    const node = pair ? pair.key : isSeq(group) && group.items[Number(step)];
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
