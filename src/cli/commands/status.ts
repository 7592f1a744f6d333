import type { ContainerStatus } from "../../engine/container.ts";
import type { Engine } from "../../engine/detect.ts";
import type { Report } from "../../runtime/supervisor/report.ts";
import { type Context, defineCommand } from "../command.ts";
import { WORKSPACE } from "./_arguments.ts";

export const status = defineCommand({
  args: { workspace: WORKSPACE },
  examples: [
    { command: "./kasmix status desktop", explanation: "state, address, image, and what every service does" },
    { command: "./kasmix status desktop --json | jq -r .state", explanation: "running, stopped or absent" },
    {
      command: "./kasmix status desktop --json | jq .supervisor.services",
      explanation: "its services, for scripts",
    },
  ],
  async run(args, context) {
    const { requireWorkspace, shortDigest } = await import("../steps.ts");
    const [{ detectEngine }, { containerStatus }, { isReady }] = await Promise.all([
      import("../../engine/detect.ts"),
      import("../../engine/container.ts"),
      import("../../engine/ready.ts"),
    ]);
    const engine = await detectEngine({ signal: context.signal });
    const { settings: _settings, ...found } = await containerStatus(engine, args.workspace);
    if (found.state === "absent") await requireWorkspace(context, args.workspace);
    const running = found.state === "running";
    const [ready, supervisor] = await Promise.all([
      running && isReady(found),
      running ? askSupervisor(engine, found, context) : null,
    ]);
    const rows = [
      ["State", running ? `running, ${ready ? "ready" : "not ready yet"}` : found.state],
      ["Address", found.url],
      ["Password", found.state !== "absent" && `./kasmix password ${args.workspace}`],
      ["Container", found.container],
      ["Image", found.image && `${found.image} (${shortDigest(found.digest)})`],
      ["Started", found.startedAt],
    ];
    const text = rows
      .filter(([, value]) => value)
      .map(([label, value]) => `${`${label}:`.padEnd(11)}${value}`);
    if (supervisor !== null) text.push("", await renderServices(supervisor, context));
    context.output.result({ ...found, ready, engine: engine.kind, supervisor }, text.join("\n"));
  },
});

/** The supervisor's report; null, with a warning, when it does not answer: the rest of the status is still shown. */
async function askSupervisor(
  engine: Engine,
  found: Omit<ContainerStatus, "settings">,
  { output }: Context,
): Promise<Report | null> {
  const [{ askControl }, { KasmixError }] = await Promise.all([
    import("../../engine/control.ts"),
    import("../../model/error.ts"),
  ]);
  try {
    return await askControl<Report>(engine, found, ["status"]);
  } catch (error) {
    if (!(error instanceof KasmixError)) throw error;
    output.warn([error.message, error.fix].filter(Boolean).join(" "));
    return null;
  }
}

async function renderServices(report: Report, { output }: Context): Promise<string> {
  const { renderReport } = await import("../../runtime/control/render-report.ts");
  return renderReport(report, output.style);
}
