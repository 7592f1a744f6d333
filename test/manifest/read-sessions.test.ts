import { join } from "node:path";
import { expect, it } from "vitest";
import { parseSessions, readSessions, type SessionsSubject } from "../../src/manifest/read-sessions.ts";
import { KasmixError } from "../../src/model/error.ts";
import { makeProject } from "../helpers/project.ts";

const COMPOSE: SessionsSubject = { workspace: "desktop", kind: "compose" };
const CLUSTER: SessionsSubject = { workspace: "desktop", kind: "kubernetes" };

/** The faults as `line: message`, without the fixes. */
function faults(text: string, subject = COMPOSE): string[] {
  try {
    parseSessions(text, "users.yaml", subject);
    return [];
  } catch (error) {
    if (!(error instanceof KasmixError)) throw error;
    expect(error.code).toBe("E_MODEL");
    for (const { fix } of error.faults) expect(fix ?? "no YAML").not.toBe("");
    return error.faults.map(({ path, message }) => `${path.replace(/^users\.yaml:/, "")}: ${message}`);
  }
}

it("reports everything that is wrong at once, each with its line", () => {
  const text = `host: desk example
idle: 5s
sessions:
  - name: Alice
    size: 3
  - name: bob
    path: bob
    resources: { memory: 20GB, cpu: 2 }
  - name: carol
    host: x.example
  - name: carol
    host: x.example
  - name: proxy
  - name: ${"a".repeat(45)}
  - path: /../
`;
  expect(faults(text)).toEqual([
    '1: host expected a host name, such as desk.example, got "desk example"',
    "2: idle is 5s, which is too short",
    expect.stringContaining(`4: sessions[0].name expected the person's name`),
    "5: sessions[0].size is not a known field",
    expect.stringContaining("7: sessions[1].path expected a path with slashes at both ends"),
    "8: sessions[1].resources.cpu is not a known field",
    expect.stringContaining("8: sessions[1].resources.memory expected most memory, such as 512MiB or 4GiB"),
    "11: sessions[3].name repeats carol",
    "11: sessions[3] is at https://x.example/ like sessions[2]",
    "13: sessions[4].name is proxy, which Kasmix uses itself",
    "14: sessions[5].name is too long beside the workspace's",
    "15: sessions[6].name is missing",
    expect.stringContaining("15: sessions[6].path expected"),
  ]);
});

it.each([
  ["a: [", "1: "],
  ["", "1: sessions is missing"],
  ["- alice", "1: sessions is missing"],
  ["sessions: []", "1: sessions expected at least 1 item, got a list of 0"],
])("refuses %j", (text, first) => {
  expect(faults(text)[0]).toContain(first);
});

it("takes no setting that would have no effect on one machine, and needs a host name for everybody", () => {
  const text = `gateway: { name: public }
sessions:
  - name: alice
    host: alice.example
    storage: 20GiB
  - name: bob
    path: /bob/
`;
  expect(faults(text)).toEqual([
    "1: gateway is only for a cluster: compose has a proxy of its own",
    "5: sessions[0].storage is only for a cluster: engines do not limit volumes",
    "6: sessions[1] has no host name",
  ]);
});

it("needs a Gateway for addresses on a cluster, and addresses for a Gateway", () => {
  const text = `host: desk.example
idle: 30min
sessions:
  - name: alice
    host: alice.example
  - name: bob
    path: /bob/
`;
  expect(faults(text, CLUSTER)).toEqual([
    "1: host needs a Gateway",
    "2: idle needs a Gateway",
    "5: sessions[0].host needs a Gateway",
    "7: sessions[1].path needs a Gateway",
  ]);
  expect(faults(`gateway: { name: public }\n${text}`, CLUSTER)).toEqual([]);
  expect(faults("gateway: { name: public }\nsessions: [{ name: alice }]", CLUSTER)).toEqual([
    "2: sessions[0] has no host name",
  ]);
  expect(faults("sessions: [{ name: alice, storage: 1GiB }]", CLUSTER)).toEqual([]);
});

it("names a file that it cannot read", async () => {
  const file = join(makeProject({}), "users.yaml");
  await expect(readSessions(file, COMPOSE)).rejects.toMatchObject({
    code: "E_USAGE",
    message: expect.stringContaining(`${file} cannot be read`),
  });
});

it("takes networks that are some, and gives nobody another's password", () => {
  const text = `host: desk.example
gateway: { name: public, networks: [10.42.0.0/16, fd00::/8, 10.0.0.1, 0.0.0.0/0, 10.0.0.0/33, all] }
sessions:
  - name: alice
  - name: bob
    existingSecret: kasmix-desktop-alice
    resources: { pidsLimit: 500 }
  - { name: carol, existingSecret: shared }
  - { name: dave, existingSecret: shared }
`;
  expect(faults(text, CLUSTER)).toEqual([
    ...["0.0.0.0/0", "10.0.0.0/33", "all"].map(
      (network, index) => `2: gateway.networks[${index + 3}] is "${network}", which is no network`,
    ),
    "6: sessions[1].existingSecret is the password of sessions[0] too",
    "7: sessions[1].resources.pidsLimit is not for a cluster: a pod cannot limit its processes",
    "8: sessions[2].existingSecret is the password of sessions[3] too",
    "9: sessions[3].existingSecret is the password of sessions[2] too",
  ]);
});
