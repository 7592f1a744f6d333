import { KasmixError } from "../../../model/error.ts";
import type { Wish } from "../../session/launch-app.ts";
import { type Context, defineCommand } from "../command.ts";

export const open = defineCommand({
  args: {
    url: { type: "positional", required: true, description: "The address" },
    app: { type: "string", valueHint: "APP", description: "Not in the workspace's browser but in this app" },
  },
  examples: [
    { command: "kasmixctl open https://example.org/", explanation: "in the workspace's browser" },
    {
      command: "desktop_ready && kasmixctl open file:///etc/motd",
      explanation: "as soon as there is a desktop",
    },
  ],
  run: ({ url, app }, context) => show({ url, ...(app === undefined ? {} : { app }) }, context),
});

export const navigate = defineCommand({
  args: { url: { type: "positional", required: true, description: "The URL: http: or https:" } },
  examples: [
    {
      command: "kasmixctl navigate example.org",
      explanation: "in the page that the browser shows, if the URL launcher's policy lets it in",
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
  examples: [{ command: "kasmixctl launch firefox", explanation: "what its icon on the desktop does" }],
  run: ({ app }, context) => show({ app }, context),
});

async function show(wish: Wish, { client, json, print }: Context): Promise<void> {
  const answer = await client.launch(wish);
  if ("refused" in answer) {
    const fix = "See what runs: kasmixctl status";
    throw new KasmixError("E_NOT_READY", `Cannot open ${wish.url ?? wish.app}: ${answer.refused}.`, { fix });
  }
  await print(json ? JSON.stringify(answer) : `Opened in ${answer.app}`);
}
