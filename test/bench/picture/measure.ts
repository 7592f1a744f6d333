import { setTimeout as delay } from "node:timers/promises";
import { KasmixError } from "../../../src/model/error.ts";
import { toKasmixError } from "../../../src/terminal/report.ts";
import type { Context } from "../context.ts";
import { compare, type Likeness } from "./compare.ts";
import { startPainter } from "./content/painter.ts";
import { CONTENTS, type Content, comparedArea, INTERRUPTED, PROBE } from "./contents.ts";
import { type Crowd, gatherCrowd } from "./crowd/crowd.ts";
import { openGlass } from "./glass.ts";
import { type Interruptions, measureInterruptions } from "./interruptions.ts";
import { type Latency, measureLatency } from "./latency.ts";
import { compareStills, type Sharpness } from "./likeness.ts";
import { drawPage } from "./page.ts";
import { type Sample, takeSamples } from "./sample.ts";
import { type Ground, startGround } from "./subjects/container.ts";
import { hasStream, rfbSubject, streamSubject } from "./subjects/kasmix.ts";
import { fetchPackages, type Packages } from "./subjects/packages.ts";
import { novncSubject, selkiesSubject } from "./subjects/peers.ts";
import type { Subject } from "./subjects/subject.ts";
import { type Bench, openView, type View } from "./view.ts";

/** What was measured of one content, with one number of viewers, by one subject. */
export interface Measurement {
  readonly content: string;
  /** The first one is a browser. 0: the content is only drawn. */
  readonly viewers: number;
  /** Undefined when nobody looks. */
  readonly subject: string | undefined;
  readonly samples: readonly Sample[];
  /** Of a single viewer. */
  readonly sharpness?: readonly Sharpness[];
}

export interface Pictures extends Pick<Packages, "versions" | "leftOut"> {
  /** Kasmix's own first. */
  readonly subjects: readonly string[];
  readonly measurements: readonly Measurement[];
  readonly latencies: Readonly<Record<string, Latency>>;
  readonly interruptions: Readonly<Record<string, Interruptions>>;
  /** What could not be measured, and why. */
  readonly failures: readonly string[];
}

/** Shows the same contents by every subject, one after the other, and measures what a viewer gets and what it costs. */
export async function measurePicture(context: Context, image: string): Promise<Pictures> {
  const [glass, page] = [await openGlass(context), await drawPage()];
  const bench = { context, glass, painter: await startPainter(context, page) };
  const { folder, versions, leftOut: peersLeftOut } = await fetchPackages(context);
  const ground = await startGround(context, image, folder);
  const isStreaming = await hasStream(ground);
  const leftOut = isStreaming ? peersLeftOut : { stream: NO_STREAM, ...peersLeftOut };
  const subjects = [
    ...(isStreaming ? [streamSubject(ground)] : []),
    rfbSubject(ground),
    ...("noVNC" in versions ? [novncSubject(ground)] : []),
    ...("Selkies" in versions ? [selkiesSubject(ground)] : []),
  ];
  const measurements: Measurement[] = [];
  const failures: string[] = [];
  const attempt = createAttempt(bench, failures);
  for (const content of CONTENTS) {
    measurements.push(await measureNobody(bench, ground, content));
    for (const viewers of content.viewers) {
      for (const subject of subjects) {
        const title = `${content.title}, ${viewers} ${viewers === 1 ? "viewer" : "viewers"}: ${subject.name}`;
        const work = () => measureOne(bench, ground, subject, content, viewers);
        measurements.push(...(await attempt(title, work)));
      }
    }
  }
  const names = subjects.map(({ name }) => name);
  const answers = await measureAnswers(bench, ground, subjects, attempt);
  return { subjects: names, versions, leftOut, measurements, ...answers, failures };
}

const NO_STREAM = "this image was built without its encoder";

type Attempt = <T>(title: string, work: () => Promise<T>) => Promise<T[]>;

/** One that fails does not keep the others from being measured. */
function createAttempt({ context, glass }: Bench, failures: string[]): Attempt {
  return async (title, work) => {
    context.say(title);
    try {
      return [await work()];
    } catch (error) {
      context.signal.throwIfAborted();
      glass.requireAlive();
      failures.push(`${title}: ${toKasmixError(error, context.signal).message}`);
      context.say(failures.at(-1) ?? "");
      return [];
    }
  };
}

/** How each subject answers to inputs and interruptions. */
async function measureAnswers(
  bench: Bench,
  ground: Ground,
  subjects: readonly Subject[],
  attempt: Attempt,
): Promise<Pick<Pictures, "latencies" | "interruptions">> {
  const latencies: Record<string, Latency> = {};
  const interruptions: Record<string, Interruptions> = {};
  for (const subject of subjects) {
    const { name } = subject;
    const [latency] = await attempt(`${PROBE.title}: ${name}`, () =>
      look(bench, subject, PROBE, () => measureLatency(bench)),
    );
    if (latency) latencies[name] = latency;
    const interrupt = (view: View) => measureInterruptions(bench, ground, view, name === "stream");
    const [interrupted] = await attempt(`${INTERRUPTED.title}: ${name}`, () =>
      look(bench, subject, INTERRUPTED, interrupt),
    );
    if (interrupted) interruptions[name] = interrupted;
  }
  return { latencies, interruptions };
}

/** Milliseconds in which a client may find its pace. */
const SETTLING = 3_000;

async function measureNobody(bench: Bench, ground: Ground, content: Content): Promise<Measurement> {
  await bench.painter.show(ground.desktop, content);
  await delay(1_000, undefined, { signal: bench.context.signal });
  const samples = await takeSamples(bench, ground);
  await bench.painter.end();
  return { content: content.title, viewers: 0, subject: undefined, samples };
}

async function measureOne(
  bench: Bench,
  ground: Ground,
  subject: Subject,
  content: Content,
  viewers: number,
): Promise<Measurement> {
  const view = await openView(bench, subject, content);
  let crowd: Crowd | undefined;
  try {
    crowd = await gatherCrowd(bench.context, view.opened.crowd, viewers - 1);
    await waitUntilSeen(bench, subject, view);
    const samples = await takeSamples(bench, ground, view, crowd);
    const sharpness = viewers > 1 ? undefined : await measureSharpness(bench, view);
    const of = { content: content.title, viewers, subject: subject.name };
    return { ...of, samples, ...(sharpness === undefined ? {} : { sharpness }) };
  } finally {
    await crowd?.close();
    await view.close();
  }
}

async function measureSharpness(bench: Bench, view: View): Promise<Sharpness[]> {
  return view.content.name === "still"
    ? [{ still: await compareNow(view) }]
    : await compareStills(bench, view);
}

async function look<T>(
  bench: Bench,
  subject: Subject,
  content: Content,
  measure: (view: View) => Promise<T>,
): Promise<T> {
  const view = await openView(bench, subject, content);
  try {
    await waitUntilSeen(bench, subject, view);
    return await measure(view);
  } finally {
    await view.close();
  }
}

/** Milliseconds until the picture must be there. */
const PATIENCE = 60_000;

/** Waits until the browser shows the content, and then until the client has found its pace. */
async function waitUntilSeen({ context }: Bench, subject: Subject, view: View): Promise<void> {
  const isNumbered = view.content.name !== "still" && view.content.name !== "probe";
  const deadline = performance.now() + PATIENCE;
  const isSeen = async () => (isNumbered ? view.counter.shown > 0 : (await compareNow(view)).ssim > 0.9);
  while (!(await isSeen())) {
    if (performance.now() > deadline) {
      throw new KasmixError(
        "E_NOT_READY",
        `${subject.name} does not show the content: ${view.content.title}.`,
      );
    }
    await delay(200, undefined, { signal: context.signal });
  }
  await delay(SETTLING, undefined, { signal: context.signal });
}

async function compareNow({ content, readGlass, readDesktop }: View): Promise<Likeness> {
  return compare(await readGlass(), await readDesktop(), comparedArea(content));
}
