import { type Fault, KasmixError } from "../model/error.ts";
import { FOLDER, type RegistrySettings } from "./settings.ts";

/** Whether an address, or an image's name, has a host that is reserved for examples (RFC 2606): nothing is ever there. */
export function isExample(address: string): boolean {
  const [host = ""] = address.replace(/^https?:\/\//i, "").split(/[/:]/);
  return /(^|\.)(example|invalid|example\.(com|net|org))$/i.test(host);
}

/** What belongs into each setting with an address. */
const ADDRESSES = {
  listUrl: "Write the address at which the registry will be, or pass it with --url.",
  contactUrl: "Write an address at which people reach you.",
  images: "Write where images are pushed to: HOST/NAME/{workspace}.",
};

type Address = keyof typeof ADDRESSES;

/** Addresses of the settings that are examples. */
export function exampleFaults(
  settings: RegistrySettings,
  fields = Object.keys(ADDRESSES) as Address[],
): Fault[] {
  return fields
    .filter((field) => isExample(settings[field]))
    .map((field) => ({
      path: `${FOLDER}/registry.json: ${field}`,
      message: `${settings[field]} is only an example`,
      fix: ADDRESSES[field],
    }));
}

/** Throws E_MODEL if one of these addresses is an example: nothing can be sent there, and Kasm reads nothing from there. */
export function requireRealAddresses(settings: RegistrySettings, fields?: Address[]): void {
  const faults = exampleFaults(settings, fields);
  if (faults.length > 0)
    throw new KasmixError("E_MODEL", "registry/registry.json does not say yet where to publish.", { faults });
}
