import { type ContainerShape, renderShapeOptions } from "../engine/container-options.ts";
import { shellWord } from "../generate/shell.ts";

/** A shell command that starts the same container as `kasmix run`, with the password from the environment. */
export function renderDockerRun(image: string, shape: ContainerShape): string {
  const words = ["docker", "run", "--detach", ...renderShapeOptions(shape), image].map(shellWord);
  return `${lines(words).join(" \\\n  ")}\n`;
}

/** Each option with its value. */
function lines(words: readonly string[]): string[] {
  return words.join(" ").split(/ (?=--|\S+$)/);
}
