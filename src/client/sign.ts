import { byId, element } from "./dom.ts";
import type { Words } from "./translate.ts";

/** Adds a sign over everything: what records shows it, and a click on it stops that. Hidden at first. */
export function addSign(id: string, title: Words): HTMLButtonElement {
  const sign = element("button", { type: "button", id, class: "sign", title, hidden: "" });
  byId("signs", HTMLDivElement).append(sign);
  return sign;
}
