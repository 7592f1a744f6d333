import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { inject } from "vitest";
import { type Outcome, runProcess } from "../../src/engine/process.ts";
import { FOLDER } from "./programs.ts";

const cluster = inject("cluster");

/** What stands behind the title of tests that are not run. */
export const notRun = "missing" in cluster ? ` (not run: ${cluster.missing})` : "";

/** What a namespace admits: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export type Level = "privileged" | "baseline" | "restricted";

/** A namespace of a test. */
export interface Namespace {
  /** Runs a program for which this is the current namespace. */
  run(file: string, words: readonly string[], input?: string): Promise<Outcome>;
  /** Runs kubectl. Gives its lines; throws unless it succeeds without a warning. */
  kubectl(words: readonly string[], input?: string): Promise<readonly string[]>;
}

/** Makes a namespace that refuses pods, and warns of what would make pods, beyond a level. */
export async function makeNamespace(level: Level): Promise<Namespace> {
  if ("missing" in cluster) throw new Error(cluster.missing);
  const name = `test-${randomBytes(6).toString("hex")}`;
  const file = join(dirname(cluster.kubeconfig), `${name}.json`);
  const context = { cluster: "test", user: "test", namespace: name };
  // The first file decides on the context, the second has the rest.
  await writeFile(file, JSON.stringify({ "current-context": name, contexts: [{ name, context }] }));
  const environment = {
    KUBECONFIG: [file, cluster.kubeconfig].join(delimiter),
    PATH: [FOLDER, process.env.PATH].join(delimiter),
  };
  const run: Namespace["run"] = (program, words, input) =>
    runProcess(program, words, { environment, ...(input === undefined ? {} : { input }) });
  const kubectl: Namespace["kubectl"] = async (words, input) => {
    const { ok, stdout, stderr } = await run("kubectl", words, input);
    if (!ok || stderr !== "") throw new Error(`kubectl ${words.join(" ")}: ${stderr}`);
    return stdout === "" ? [] : stdout.split("\n");
  };
  const labels = ["enforce", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, level]);
  const metadata = { name, labels: Object.fromEntries(labels) };
  await kubectl(
    ["create", "--filename=-"],
    JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata }),
  );
  return { run, kubectl };
}
