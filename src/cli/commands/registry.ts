import { once } from "node:events";
import { join, resolve } from "node:path";
import type { ArgsDef, ParsedArgs } from "citty";
import { bracket, hostOf } from "../../engine/container-options.ts";
import { KasmixError } from "../../model/error.ts";
import { parseUrl } from "../../model/parse-url.ts";
import { sourceDate } from "../../model/source-date.ts";
import type { BuiltImage, Collection } from "../../registry/collect.ts";
import { renderFaults } from "../../terminal/report.ts";
import { suggest } from "../../terminal/suggest.ts";
import { parsePort } from "../arguments.ts";
import { type Context, defineCommand } from "../command.ts";
import type { Output } from "../output.ts";

const OUT = "registry/public";

const ARGS = {
  action: { type: "positional", required: true, description: "build, serve, check or publish" },
  place: {
    type: "positional",
    required: false,
    description: `check: folder or address of the registry (default: ${OUT})`,
  },
  out: {
    type: "string",
    valueHint: "FOLDER",
    default: OUT,
    description: "build: folder to write the site to",
  },
  url: {
    type: "string",
    valueHint: "ADDRESS",
    description: "Address of the site for Kasm (default: listUrl of registry/registry.json)",
  },
  port: { type: "string", valueHint: "PORT", default: "8080", description: "serve: port on this machine" },
  bind: {
    type: "string",
    valueHint: "ADDRESS",
    default: "127.0.0.1",
    description: "serve: address to listen on; 0.0.0.0 lets other machines read it",
  },
  insecure: { type: "boolean", description: "publish: accept plain HTTP, as in ./kasmix push" },
  sign: { type: "boolean", description: "publish: sign each image with cosign" },
  "without-vendor": {
    type: "boolean",
    description: "Use the images built without vendor software",
  },
} as const satisfies ArgsDef;

export const registry = defineCommand({
  args: ARGS,
  examples: [
    { command: "./kasmix registry build", explanation: `list.json, icons and a page, in ${OUT}` },
    {
      command: "./kasmix registry build --url https://example.org/kasm/",
      explanation: "for another address",
    },
    {
      command: "./kasmix registry serve --bind 0.0.0.0 --url http://192.0.2.7:8080/",
      explanation: "for a Kasm on the same network",
    },
    {
      command: "./kasmix registry publish",
      explanation: "push every workspace's image, then build",
    },
    {
      command: "./kasmix registry check https://example.org/kasm/",
      explanation: "check whether Kasm can read it",
    },
  ],
  run: (args, context) => {
    const action = actionNamed(args.action);
    if (args.place !== undefined && action !== check) throw noPlace(args.action, args.place);
    return action(args, context);
  },
});

type Arguments = ParsedArgs<typeof ARGS>;

type Action = (args: Arguments, context: Context) => Promise<void>;

const ACTIONS: Readonly<Record<string, Action>> = { build, serve, check, publish };

function actionNamed(name: string): Action {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action) return action;
  const near = suggest(name, Object.keys(ACTIONS));
  throw new KasmixError("E_USAGE", `registry has no action "${name}".`, {
    fix: near ? `Did you mean registry ${near}?` : `The actions are ${Object.keys(ACTIONS).join(", ")}.`,
  });
}

function noPlace(action: string, place: string): KasmixError {
  return new KasmixError("E_USAGE", `registry ${action}: unexpected argument "${place}".`, {
    fix: `To write the site there: --out ${place}`,
  });
}

async function build(args: Arguments, context: Context): Promise<void> {
  const folder = await requireTarget(args, context);
  const collection = await collectAll(context, args);
  const { buildRegistry } = await import("../../registry/build.ts");
  await buildRegistry(collection, folder, modified());
  const { offers, settings, leftOut, warnings } = collection;
  const workspaces = offers.map(({ workspace }) => workspace.name);
  const value = { folder, url: settings.listUrl, workspaces, leftOut, warnings };
  context.output.result(value, `${folder}: ${offers.length} workspaces, for ${settings.listUrl}`);
}

async function serve(args: Arguments, context: Context): Promise<void> {
  const port = parsePort(args.port, "--port");
  const folder = await requireTarget(args, context);
  const url = args.url ?? `http://${bracket(hostOf(args.bind))}:${port}/`;
  const [{ buildRegistry }, { serveRegistry }] = await Promise.all([
    import("../../registry/build.ts"),
    import("../../registry/serve.ts"),
  ]);
  await buildRegistry(await collectAll(context, args, url), folder, modified());
  const served = await serveRegistry(folder, { port, bind: args.bind });
  context.output.result({ url, folder }, `${url} until Ctrl-C`);
  if (!context.signal.aborted) await once(context.signal, "abort");
  await served.close();
  context.signal.throwIfAborted();
}

async function check(args: Arguments, context: Context): Promise<void> {
  const [{ checkRegistry }, { openSource }] = await Promise.all([
    import("../../registry/check.ts"),
    import("../../registry/source.ts"),
  ]);
  const place = args.place ?? join(context.root, OUT);
  const { versions, workspaces, faults, warnings } = await checkRegistry(
    openSource(place, { signal: context.signal }),
  );
  if (warnings.length > 0)
    context.output.warn([`In Kasm, this looks wrong in ${place}:`, ...renderFaults(warnings)].join("\n"));
  if (faults.length > 0)
    throw new KasmixError("E_MODEL", `Kasm cannot use everything in ${place}.`, { faults });
  const text = `${place} can be used: ${workspaces} workspaces, format ${versions.join(" and ")}`;
  context.output.result({ place, versions, workspaces, warnings }, text);
}

/** Pushes every workspace's last build to the place in registry.json, then builds the registry. */
async function publish(args: Arguments, context: Context): Promise<void> {
  const [{ listWorkspaces }, { pushWorkspace }, { readSettings }, { requireRealAddresses }] =
    await Promise.all([
      import("../../model/load.ts"),
      import("./_push.ts"),
      import("../../registry/settings.ts"),
      import("../../registry/examples.ts"),
    ]);
  // Fail before anything is sent.
  await requireTarget(args, context);
  requireRealAddresses(await readSettings(context.root, args.url));
  const options = { insecure: args.insecure === true, attest: true, sign: args.sign === true };
  const withoutVendor = args["without-vendor"] === true;
  const unbuilt: string[] = [];
  for (const name of await listWorkspaces(context.root)) {
    if ((await lastBuilt(context, name, withoutVendor)) === undefined) {
      unbuilt.push(name);
      continue;
    }
    const { references } = await pushWorkspace(context, name, { ...options, withoutVendor });
    context.output.step(`Pushed ${references.join(", ")}`);
  }
  if (unbuilt.length > 0) context.output.warn(`Not pushed, because not built here: ${unbuilt.join(", ")}`);
  await build(args, context);
}

/**
 * The folder of the site: the default is relative to the checkout, `--out` to the working directory. Throws E_USAGE for a
 * folder that must not be replaced and for an invalid `--url`.
 */
async function requireTarget({ out, url }: Arguments, { root }: Context): Promise<string> {
  if (url !== undefined && !(/^https?:\/\/\S+\/$/.test(url) && parseUrl(url))) {
    throw new KasmixError("E_USAGE", `--url takes an address that ends in a slash, not "${url}".`, {
      fix: "For example: --url https://example.org/kasm/",
    });
  }
  const folder = out === OUT ? join(root, OUT) : resolve(out);
  const { requireReplaceable } = await import("../../registry/build.ts");
  await requireReplaceable(folder);
  return folder;
}

/** Settings, workspaces and images, with warnings of what is wrong; `url` replaces the settings' address. */
async function collectAll(context: Context, args: Arguments, url = args.url): Promise<Collection> {
  const [{ collect }, { tagsOf }, { readVersion }] = await Promise.all([
    import("../../registry/collect.ts"),
    import("../../registry/tags.ts"),
    import("../version.ts"),
  ]);
  const collection = await collect(context.root, {
    built: (name) => lastBuilt(context, name, args["without-vendor"]),
    tags: tagsOf(await readVersion(context.root)),
    ...(url === undefined ? {} : { listUrl: url }),
  });
  warnOf(collection, context.output);
  return collection;
}

function warnOf({ leftOut, warnings }: Collection, output: Output): void {
  if (leftOut.length > 0) {
    output.warn(`Left out, because they were neither pushed nor built: ${leftOut.join(", ")}
    fix: ./kasmix build NAME, or ./kasmix push NAME`);
  }
  if (warnings.length > 0)
    output.warn(["Kasm cannot use this, or it looks wrong there:", ...renderFaults(warnings)].join("\n"));
}

/** A workspace's last build. */
async function lastBuilt(
  context: Context,
  name: string,
  withoutVendor?: boolean,
): Promise<BuiltImage | undefined> {
  const [{ nameImage }, { findLastBuild }, { readImage, sizeOf }, { readImageFile }] = await Promise.all([
    import("../steps.ts"),
    import("../../engine/build.ts"),
    import("../../engine/image.ts"),
    import("../../engine/image-file.ts"),
  ]);
  const { variant } = await nameImage(context, name, withoutVendor);
  const folder = await findLastBuild(context.root, name, variant);
  if (folder === undefined) return undefined;
  const image = await readImage(folder);
  return { size: sizeOf(image), read: (path) => readImageFile(image, path) };
}

/** SOURCE_DATE_EPOCH, else now, in milliseconds. */
function modified(): number {
  const seconds = sourceDate();
  return seconds === undefined ? Date.now() : seconds * 1000;
}
