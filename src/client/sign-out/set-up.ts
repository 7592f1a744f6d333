import { isOwn } from "../answer.ts";
import { element, write } from "../dom.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { t } from "../translate.ts";

/** The button that signs out. Whoever is let in by a password that the browser or Kasm's proxy sends has none. */
export const signOut = {
  service: "sign-out",
  setUp({ address, group }: Pick<FeatureContext, "address" | "group">) {
    const button = element("button", { type: "button", id: "sign-out" }, t("Sign out"));
    const note = element("p", { class: "hint", role: "status" });
    button.addEventListener("click", async () => {
      button.disabled = true;
      if (await end(address("sign-out"))) location.reload();
      else write(note, t("That did not work. Try again."));
      button.disabled = false;
    });
    group("more").append(button, note);
  },
} satisfies Feature;

/** Whether the session has ended. */
async function end(address: string): Promise<boolean> {
  try {
    const answer = await fetch(address, { method: "POST" });
    return isOwn(answer) && answer.ok;
  } catch {
    return false;
  }
}
