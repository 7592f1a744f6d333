import { isOwn } from "../answer.ts";
import { element, write } from "../dom.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { followFeed } from "../feed.ts";
import { t } from "../translate.ts";
import { addInvitations } from "./invite.ts";

/** A connection as the server describes it. */
interface Visitor {
  readonly id: string;
  readonly role: "owner" | "participant" | "viewer";
  readonly address: string;
  readonly since: string;
  readonly page?: string;
}

/** The part of the panel that lists who is connected, each of whom can be disconnected, and invites more people. */
export const clients: Feature = {
  service: "clients",
  setUp(context) {
    const group = context.group("people");
    const note = element("p", { class: "hint", role: "status" });
    const list = element("ul", { class: "visitors" });
    group.append(list, note);
    addInvitations(group, context);
    followFeed(context, "api/clients", (message) => {
      const { clients } = message as { clients: readonly Visitor[] };
      list.replaceChildren(...clients.map((visitor) => renderVisitor(visitor, context, note)));
    });
  },
};

const texts = { owner: "Owner", participant: "Participant", viewer: "Viewer" } as const;

function renderVisitor(visitor: Visitor, context: FeatureContext, note: HTMLElement): HTMLElement {
  const { role, address, since, page } = visitor;
  const isHere = page === context.pageId;
  const who = t(texts[role]);
  const time = new Date(since).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const name = element("strong", {}, isHere ? t("{who} (this page)", { who }) : who);
  const detail = element("span", { class: "hint" }, t("{address}, since {time}", { address, time }));
  const item = element("li", {}, element("div", {}, name, detail));
  if (isHere) return item;
  const label = t("Disconnect {who} at {address}", { who, address });
  const button = element("button", { type: "button", "aria-label": label }, t("Disconnect"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    const isDone = await dismiss(context.address(`api/clients/${visitor.id}`));
    write(note, isDone ? undefined : t("That did not work. Try again."));
    button.disabled = false;
  });
  item.append(button);
  return item;
}

/** Whether the connection has ended. */
async function dismiss(address: string): Promise<boolean> {
  try {
    const answer = await fetch(address, { method: "DELETE" });
    return isOwn(answer) && (answer.ok || answer.status === 404);
  } catch {
    return false;
  }
}
