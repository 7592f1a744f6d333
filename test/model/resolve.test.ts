import { expect, it } from "vitest";
import { resolveWorkspace, toRuntimeConfig } from "../../src/model/resolve.ts";
import type { Workspace } from "../../src/model/types.ts";
import { TINY } from "./tiny.ts";

it("fills in every default that the types name", () => {
  const workspace: Workspace = {
    ...TINY,
    packages: ["vim", "hello"],
    services: { api: { command: ["api"], needs: [{ service: "display" }], stop: { grace: 1 } } },
    apps: [{ name: "vim", title: "Vim", command: ["vim"] }],
    files: [
      { path: "/a", text: "" },
      { path: "/b", link: "a" },
    ],
  };
  expect(resolveWorkspace(workspace)).toMatchInlineSnapshot(`
    {
      "apps": [
        {
          "argumentsFrom": "APP_ARGS",
          "autostart": false,
          "before": [],
          "command": [
            "vim",
          ],
          "desktopIcon": true,
          "environment": {},
          "maximize": false,
          "name": "vim",
          "opensUrls": false,
          "restart": "on-failure",
          "stop": {
            "grace": 5,
            "signal": "TERM",
            "to": "group",
          },
          "title": "Vim",
        },
      ],
      "base": {
        "distribution": "debian",
        "suite": "trixie",
      },
      "categories": [
        "Desktop",
      ],
      "description": "As little as possible.",
      "desktop": {
        "panel": "bottom",
        "theme": "auto",
      },
      "display": {
        "frameRate": 60,
        "from": "source",
        "resolution": "1280x720",
        "server": "tigervnc",
      },
      "environment": {},
      "files": [
        {
          "mode": "0644",
          "owner": "root",
          "path": "/a",
          "text": "",
        },
        {
          "link": "a",
          "path": "/b",
        },
      ],
      "icon": "icon.svg",
      "languages": [],
      "limits": {},
      "name": "tiny",
      "packages": [
        "hello",
        "vim",
      ],
      "privileged": [],
      "resources": {
        "cpus": 2,
        "memory": "2GiB",
        "pidsLimit": 2000,
        "sharedMemory": "512MiB",
      },
      "services": {
        "api": {
          "command": [
            "api",
          ],
          "critical": false,
          "directory": "/home/kasm-user",
          "environment": {},
          "needs": [
            {
              "condition": "ready",
              "service": "display",
            },
          ],
          "restart": "always",
          "stop": {
            "grace": 1,
            "signal": "TERM",
            "to": "group",
          },
        },
      },
      "title": "Tiny",
      "vendor": {},
      "volumes": [],
    }
  `);
});

it("takes an undefined field as missing", () => {
  const loose = {
    ...TINY,
    display: { resolution: undefined },
    resources: { cpus: undefined },
  } as unknown as Workspace;
  expect(resolveWorkspace(loose).display.resolution).toBe("1280x720");
  expect(resolveWorkspace(loose).resources.cpus).toBe(2);
});

it("gives the entrypoint what it needs and nothing of the build", () => {
  expect(toRuntimeConfig(resolveWorkspace(TINY))).toEqual({
    name: "tiny",
    title: "Tiny",
    display: { resolution: "1280x720", frameRate: 60 },
    services: {},
    limits: {},
    apps: [],
    environment: {},
  });
});
