import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Milliseconds for one question: xfconf may have to be started. */
const PATIENCE = 10_000;

/** Values of XFCE's settings by channel and property, as text. */
export type Xfconf<Channel extends string> = Readonly<Record<Channel, ReadonlyMap<string, string>>>;

/** A property to set; without a value it is removed. */
export interface Change<Channel extends string = string> {
  readonly channel: Channel;
  readonly property: string;
  readonly type: "int" | "uint" | "string";
  readonly value: string | undefined;
}

/** Reads XFCE's settings. Rejects without a session bus. */
export async function readXfconf<Channel extends string>(
  channels: readonly Channel[],
  environment: NodeJS.ProcessEnv,
): Promise<Xfconf<Channel>> {
  const read = async (channel: Channel) => {
    const listed = await ask(environment, "-c", channel, "-l", "-v");
    return [channel, parse(listed)] as const;
  };
  return Object.fromEntries(await Promise.all(channels.map(read))) as Record<Channel, Map<string, string>>;
}

/** Makes one change. Programs that follow it do so at once. */
export async function changeXfconf(
  { channel, property, type, value }: Change,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const action = value === undefined ? ["-r"] : ["-n", "-t", type, "-s", value];
  await ask(environment, "-c", channel, "-p", property, ...action);
}

async function ask(env: NodeJS.ProcessEnv, ...words: string[]): Promise<string> {
  return (await run("xfconf-query", words, { env, timeout: PATIENCE })).stdout;
}

/** Lines such as `/panels/panel-1/size   30`. */
function parse(listed: string): Map<string, string> {
  return new Map(
    [...listed.matchAll(/^(\/\S+) +(.*)$/gm)].map(([, property = "", value = ""]) => [property, value]),
  );
}
