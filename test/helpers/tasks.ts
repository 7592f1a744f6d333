/** A task of an xc file. */
export interface Task {
  readonly requires: readonly string[];
  readonly inputs: readonly string[];
  readonly script: string;
}

/**
 * Reads the tasks of a Markdown file as xc does: headings one level below `Tasks`, attributes one a line, one block
 * of code each. Throws for what xc refuses.
 */
export function readTasks(text: string): Readonly<Record<string, Task>> {
  const [, section = ""] = text.split(/^## Tasks$/m);
  const [, ...parts] = (section.split(/^##? /m)[0] ?? "").split(/^### /m);
  return Object.fromEntries(parts.map(readTask));
}

function readTask(part: string): [string, Task] {
  const [name = "", ...lines] = part.split("\n");
  const list = (attribute: string) =>
    lines.flatMap((line) => line.match(new RegExp(`^${attribute}: (.*)$`, "i"))?.[1]?.split(/, */) ?? []);
  const blocks = part.match(/^```[\s\S]*?^```$/gm) ?? [];
  const requires = list("requires");
  if (name.includes(" ")) throw new Error(`${name}: a task's name is one word`);
  if (blocks.length > 1) throw new Error(`${name} has more than one script`);
  if (blocks.length + requires.length === 0) throw new Error(`${name} has neither script nor requirement`);
  const script = (blocks[0] ?? "").split("\n").slice(1, -1).join("\n");
  return [name, { requires, inputs: list("inputs"), script }];
}
