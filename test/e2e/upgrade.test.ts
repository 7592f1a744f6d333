import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { type Checkout, copyProject, type Started } from "../helpers/checkout.ts";
import { certificate } from "../helpers/gateway.ts";

/** A user's commands, in a copy of the project. */
describe("up and down", () => {
  let engine: Engine;
  let checkout: Checkout;
  let first: Started;

  beforeAll(async () => {
    engine = await detectEngine();
    checkout = await copyProject("e2e-upgrade");
    first = await checkout.up();
  });

  afterAll(() => checkout?.remove());

  const id = async () =>
    (await engine.run(["container", "inspect", "--format", "{{.Id}}", checkout.container])).trim();
  const hasVolume = async () =>
    (await engine.attempt(["volume", "inspect", `${checkout.container}-home`])).ok;
  const inHome = (script: string) => engine.run(["exec", checkout.container, "sh", "-c", `cd ~; ${script}`]);

  test("up prints the desktop's address and password, and status says that it is ready", async () => {
    expect(first).toEqual({
      workspace: "e2e-upgrade",
      url: `https://localhost:${checkout.port}/`,
      username: "kasm_user",
      password: expect.stringMatching(/^[A-Za-z0-9]{24}$/),
      container: checkout.container,
      image: "kasmix/e2e-upgrade:latest",
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(await checkout.json("status", "e2e-upgrade")).toMatchObject({ state: "running", ready: true });
  });

  test("a second up changes nothing: the same container runs on", async () => {
    const before = await id();
    expect(await checkout.up()).toEqual(first);
    expect(await id()).toBe(before);
  });

  test("after a change up replaces the container, and home, certificate and password stay", async () => {
    const [before, fingerprint] = [await id(), await certificate(checkout.port)];
    await inHome("echo kept > kept.txt");
    await checkout.change();
    const second = await checkout.up();
    expect(second.digest).not.toBe(first.digest);
    expect(second.password).toBe(first.password);
    expect(await id()).not.toBe(before);
    expect(await inHome("cat kept.txt")).toBe("kept");
    expect(await certificate(checkout.port)).toBe(fingerprint);
    expect(await inHome("cat /etc/changed")).toBe("yes");
  });

  test("down keeps the volume, and up finds home, certificate and password again", async () => {
    const fingerprint = await certificate(checkout.port);
    expect(await checkout.json("down", "e2e-upgrade")).toMatchObject({ container: true, volumes: [] });
    expect(await checkout.json("status", "e2e-upgrade")).toMatchObject({ state: "absent" });
    expect(await hasVolume()).toBe(true);
    expect((await checkout.up("--no-build")).password).toBe(first.password);
    expect(await inHome("cat kept.txt")).toBe("kept");
    expect(await certificate(checkout.port)).toBe(fingerprint);
  });

  test("down --volume removes the home and forgets the password", async () => {
    const removed = { container: true, volumes: [`${checkout.container}-home`] };
    expect(await checkout.json("down", "e2e-upgrade", "--volume")).toMatchObject(removed);
    expect(await hasVolume()).toBe(false);
    expect((await checkout.up("--no-build")).password).not.toBe(first.password);
    expect(await inHome("ls")).not.toContain("kept.txt");
  });
});
