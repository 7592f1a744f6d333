import { expect, it } from "vitest";
import { askControl } from "../../src/engine/control.ts";
import type { Engine } from "../../src/engine/detect.ts";

const TARGET = { workspace: "void", container: "kasmix-void" };

/** An engine with a kasmixctl that prints this; `asked` has its arguments. */
function engineThatSays(stdout: string, exitCode = 0) {
  const asked: (readonly string[])[] = [];
  const engine: Engine = {
    kind: "docker",
    version: "",
    globalOptions: [],
    createOptions: [],
    run: () => Promise.reject(new Error("not asked")),
    async attempt(args) {
      asked.push(args);
      return { ok: exitCode === 0, exitCode, stdout, stderr: "", notFound: false, timedOut: false };
    },
  };
  return { engine, asked };
}

it("has kasmixctl open a URL, as it was given", async () => {
  const answer = { app: "browser", opened: "page", frameId: "F1" };
  const { engine, asked } = engineThatSays(`${JSON.stringify(answer)}\n`);
  const url = "https://x/?a b&c='$HOME'";
  expect(await askControl(engine, TARGET, ["navigate", url])).toEqual(answer);
  expect(asked).toEqual([["exec", "kasmix-void", "kasmixctl", "navigate", url, "--json"]]);
});

it("fails as kasmixctl does: with its code, its reason and its fix", async () => {
  const faults = [{ path: "loopback", message: "127.0.0.1 is this container." }];
  const error = { code: "E_NOT_READY", message: "Cannot open http://127.0.0.1/.", faults, exitCode: 1 };
  const { engine } = engineThatSays(JSON.stringify({ error }), 1);
  await expect(askControl(engine, TARGET, ["navigate", "http://127.0.0.1/"])).rejects.toMatchObject({
    code: "E_NOT_READY",
    exitCode: 7,
    message: error.message,
    faults,
  });
});

it.each([
  ["See its log: kasmixctl logs display", "See its log: ./kasmix logs void display"],
  ["See kasmixctl navigate --help", "See ./kasmix open void --help"],
  // `./kasmix open` is `kasmixctl navigate`: it would only be refused again.
  ["Open it in an app: kasmixctl open URL", "Open it in an app: ./kasmix exec void -- kasmixctl open URL"],
])("translates the fix for outside the container: %s", async (fix, outside) => {
  const error = { code: "E_NOT_READY", message: "No.", faults: [], fix };
  const { engine } = engineThatSays(JSON.stringify({ error }), 1);
  await expect(askControl(engine, TARGET, ["status"])).rejects.toMatchObject({ fix: outside });
});
