import { KasmixError } from "../../../model/error.ts";
import type { LaunchRequest } from "../../session/launch-app.ts";
import { type Context, defineCommand } from "../command.ts";

export const open = defineCommand({
  args: {
    url: { type: "positional", required: true, description: "The URL" },
    app: {
      type: "string",
      valueHint: "APP",
      description: "Open it in this app instead of the workspace's browser",
    },
  },
  examples: [
    { command: "kasmixctl open https://example.org/", explanation: "in the workspace's browser" },
    {
      command: "desktop_ready && kasmixctl open file:///etc/motd",
      explanation: "as soon as the desktop is ready",
    },
  ],
  run: ({ url, app }, context) => show({ url, ...(app === undefined ? {} : { app }) }, context),
});

export const navigate = defineCommand({
  args: { url: { type: "positional", required: true, description: "The URL: http: or https:" } },
  examples: [
    {
      command: "kasmixctl navigate example.org",
      explanation: "in the page that the browser shows, if the URL launcher's policy allows it",
    },
  ],
  async run({ url }, { client, json, print }) {
    const answer = await client.navigate(url);
    if ("refused" in answer) {
      const { refused, reason, fix } = answer;
      const faults = [{ path: reason, message: refused }];
      throw new KasmixError("E_NOT_READY", `Cannot open ${url}.`, { faults, ...(fix ? { fix } : {}) });
    }
    await print(json ? JSON.stringify(answer) : `Opened in ${answer.app}`);
  },
});

export const launch = defineCommand({
  args: { app: { type: "positional", required: true, description: "Name of an app of the workspace" } },
  examples: [{ command: "kasmixctl launch firefox", explanation: "the same as its icon on the desktop" }],
  run: ({ app }, context) => show({ app }, context),
});

async function show(request: LaunchRequest, { client, json, print }: Context): Promise<void> {
  const answer = await client.launch(request);
  if ("refused" in answer) {
    const fix = "See which services run: kasmixctl status";
    throw new KasmixError("E_NOT_READY", `Cannot open ${request.url ?? request.app}: ${answer.refused}.`, {
      fix,
    });
  }
  await print(json ? JSON.stringify(answer) : `Opened in ${answer.app}`);
}
