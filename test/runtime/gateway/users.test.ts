import { describe, expect, it } from "vitest";
import { Authenticator } from "../../../src/runtime/gateway/auth.ts";
import { createUsers, type Role, roleOf, type User } from "../../../src/runtime/gateway/users.ts";

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
const user = (rights: Partial<User["rights"]>): User => ({
  id: "1",
  name: "somebody",
  rights: { read: false, write: false, owner: false, ...rights },
});

describe("rights", () => {
  it.each([
    [{ owner: true }, "owner"],
    [{ write: true }, "participant"],
    [{ read: true }, "viewer"],
    [{}, undefined],
  ] as [Partial<User["rights"]>, Role | undefined][])("%o make a user %s", (rights, role) => {
    expect(roleOf(user(rights))).toBe(role);
  });
});

describe("users", () => {
  it("are found by their own password only, and no password is stored", () => {
    const users = createUsers([
      { name: "ada", password: "secret-a" },
      { name: "bob", password: "secret-b" },
    ]);
    expect(users.withPassword("ada", "secret-a")?.name).toBe("ada");
    expect(users.withPassword("ada", "secret-b")).toBeUndefined();
    expect(users.withPassword("a", "da:secret-a")).toBeUndefined();
    expect(users.withPassword("", "")).toBeUndefined();
    expect(JSON.stringify(users.list())).not.toContain("secret");
  });

  it("keep the rights that a change does not name, and get a new id", () => {
    const users = createUsers([{ name: "ada", password: "secret", read: true }]);
    const before = users.find("ada");
    users.put({ name: "ada", write: true });
    const after = users.find("ada");
    expect(after?.rights).toEqual({ read: true, write: true, owner: false });
    expect(users.withPassword("ada", "secret")?.id).toBe(after?.id);
    expect(users.withId(before?.id ?? "")).toBeUndefined();
  });

  it("call back once when they are changed or removed", () => {
    const users = createUsers([{ name: "ada", password: "secret" }]);
    let calls = 0;
    const wait = () => users.onRevoked(users.find("ada")?.id ?? "", () => (calls += 1));
    wait();
    wait()();
    users.put({ name: "ada", read: true });
    expect(calls).toBe(1);
    wait();
    users.remove("ada");
    users.remove("ada");
    expect(calls).toBe(2);
  });
});

describe("signing in", () => {
  it("ends with the user, by password and by cookie", () => {
    const authenticator = new Authenticator({ owner: "secret" });
    const judge = (authorization?: string, cookie?: string) =>
      authenticator.judge({ authorization, cookie, address: "192.0.2.1", wantsSession: true });
    authenticator.users.put({ name: "ada", password: "secret-a", write: true });
    const verdict = judge(basic("ada", "secret-a"));
    expect(verdict).toMatchObject({ outcome: "admitted", role: "participant" });
    const cookie = verdict.outcome === "admitted" ? verdict.setCookie?.split(";")[0] : undefined;
    expect(judge(undefined, cookie)).toMatchObject({ outcome: "admitted", role: "participant" });
    authenticator.users.put({ name: "ada", write: false, read: true });
    expect(judge(undefined, cookie)).toEqual({ outcome: "missing" });
    expect(judge(basic("ada", "secret-a"))).toMatchObject({ role: "viewer" });
    authenticator.users.put({ name: "ada", read: false });
    expect(judge(basic("ada", "secret-a"))).toEqual({ outcome: "wrong" });
    authenticator.users.remove("ada");
    expect(judge(basic("ada", "secret-a"))).toEqual({ outcome: "wrong" });
  });
});
