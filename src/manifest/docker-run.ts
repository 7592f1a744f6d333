import { type ContainerShape, renderShapeOptions } from "../engine/shape.ts";
import { shellWord } from "../generate/shell.ts";

/** A line for a shell that starts a container as `kasmix run` does; the password is in the environment. */
export function renderDockerRun(image: string, shape: ContainerShape): string {
  const words = ["docker", "run", "--detach", ...renderShapeOptions(shape), image].map(shellWord);
  return `${lines(words).join(" \\\n  ")}\n`;
}

/** An option and its value on one line. */
function lines(words: readonly string[]): string[] {
  return words.join(" ").split(/ (?=--|\S+$)/);
}
