import { element } from "../dom.ts";
import type { Feature } from "../feature.ts";
import { t } from "../translate.ts";

/** Warns that the home ends with the workspace: a notice over the desktop, until it is closed, and words in the panel. */
export const temporaryHome: Feature = {
  service: "temporary-home",
  setUp({ group, focusDesktop }) {
    const warning = t("Nothing is kept: files and settings are lost when this desktop stops.");
    const advice = t("Whoever runs this desktop has to give it a home that can be written to.");
    group("files", "Home").append(
      element("p", { class: "hint" }, warning),
      element("p", { class: "hint" }, advice),
    );
    const close = element("button", { type: "button" }, t("Close"));
    const notice = element("div", { id: "home-notice", class: "for-input", role: "status" });
    notice.append(element("p", {}, warning), close);
    close.addEventListener("click", () => {
      notice.remove();
      focusDesktop();
    });
    document.body.append(notice);
  },
};
