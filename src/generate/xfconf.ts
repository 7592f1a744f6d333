import { marker } from "./marker.ts";

/** A setting of XFCE: a value of one of xfconf's types, with the settings below it. */
export interface Setting {
  readonly type: "empty" | "bool" | "int" | "uint" | "double" | "string" | "array";
  readonly value?: string;
  readonly items?: readonly Setting[];
  readonly children?: Settings;
}

export type Settings = Readonly<Record<string, Setting>>;

/** A folder of settings without a value of its own. */
export function group(children: Settings): Setting {
  return { type: "empty", children };
}

export function bool(value: boolean): Setting {
  return { type: "bool", value: String(value) };
}

export function int(value: number): Setting {
  return { type: "int", value: String(value) };
}

export function uint(value: number): Setting {
  return { type: "uint", value: String(value) };
}

export function double(value: number): Setting {
  return { type: "double", value: value.toFixed(6) };
}

export function text(value: string, children: Settings = {}): Setting {
  return { type: "string", value, children };
}

export function array(items: readonly Setting[], children: Settings = {}): Setting {
  return { type: "array", items, children };
}

/** One channel of xfconf as its file in xfce-perchannel-xml. */
export function renderChannel(channel: string, settings: Settings, workspace: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${escapeXml(marker(workspace))} -->
<channel name="${escapeXml(channel)}" version="1.0">
${renderSettings(settings, "  ")}</channel>
`;
}

function renderSettings(settings: Settings, indent: string): string {
  return Object.entries(settings)
    .map(([name, setting]) => renderElement(`property name="${escapeXml(name)}"`, setting, indent))
    .join("");
}

function renderElement(opening: string, setting: Setting, indent: string): string {
  const value = setting.value === undefined ? "" : ` value="${escapeXml(setting.value)}"`;
  const head = `${indent}<${opening} type="${setting.type}"${value}`;
  const items = (setting.items ?? []).map((item) => renderElement("value", item, `${indent}  `)).join("");
  const content = items + renderSettings(setting.children ?? {}, `${indent}  `);
  return content === "" ? `${head}/>\n` : `${head}>\n${content}${indent}</${opening.split(" ")[0]}>\n`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
