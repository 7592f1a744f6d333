import { type ContainerShape, renderShapeOptions } from "../engine/container-options.ts";
import { type Gpus, renderNvidia } from "../engine/gpu.ts";
import { shellWord } from "../generate/shell.ts";

/**
 * A shell command that starts the same container as `kasmix run`, with the password from the environment, and with a GPU
 * if it is to have one. The group that may open a render node is asked on the machine that runs it.
 */
export function renderDockerRun(image: string, shape: ContainerShape, gpus?: Gpus): string {
  const words = ["docker", "run", "--detach", ...renderShapeOptions(shape)].map(shellWord);
  const nodes = gpus?.nodes.flatMap((node) => ["--device", node, "--group-add", `"$(stat -c %g ${node})"`]);
  const nvidia = renderNvidia(gpus?.nvidia ?? [], "docker").map(shellWord);
  return `${lines([...words, ...(nodes ?? []), ...nvidia, shellWord(image)]).join(" \\\n  ")}\n`;
}

/** Each option with its value. */
function lines(words: readonly string[]): string[] {
  return words.join(" ").split(/ (?=--|\S+$)/);
}
