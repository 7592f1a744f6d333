import { isOwn } from "../answer.ts";
import { element, write } from "../dom.ts";
import type { FeatureContext } from "../feature.ts";
import { t, verbatim, type Words } from "../translate.ts";

/** Names of invited people begin with this. */
const GUEST = "guest-";

/**
 * Lets the owner invite people who watch, by `place` in the panel: makes users whom the desktop forgets when it stops,
 * shows what to send them, and withdraws invitations.
 */
export function addInvitations(place: HTMLElement, { address, onState }: FeatureContext): void {
  const { invite, letter, text, copy, note, list } = createElements();
  place.append(invite, letter, note, list);
  const show = async () => {
    const names = await namesOfGuests(address("api/get_users"));
    list.replaceChildren(...names.map((name) => renderGuest(name, () => withdraw(name))));
  };
  const change = async (call: string, user: object) => {
    const isDone = await send(address(`api/${call}`), user);
    write(note, isDone ? undefined : t("That did not work. Try again."));
    await show();
    return isDone;
  };
  const withdraw = async (user: string) => {
    await change("remove_user", { user });
    if (text.value.includes(user)) letter.hidden = true;
  };
  invite.addEventListener("click", async () => {
    const [user, password] = [GUEST + secret(3), secret(12)];
    if (!(await change("create_user", { user, password, read: true }))) return;
    text.value = renderLetter(address("."), user, password);
    letter.hidden = false;
    write(note, t("Whoever has this may watch and listen until you withdraw it or the desktop stops."));
  });
  copy.addEventListener("click", async () => write(note, await copyText(text)));
  onState(({ phase }) => {
    if (phase === "connected") void show();
  });
}

function createElements() {
  const label = t("Invitation");
  const text = element("textarea", { id: "invitation", rows: "4", readonly: "", "aria-label": label });
  const copy = element("button", { type: "button", class: "wide" }, t("Copy invitation"));
  return {
    invite: element("button", { type: "button", id: "invite", class: "wide" }, t("Invite a viewer")),
    letter: element("div", { class: "invitation", hidden: "" }, text, copy),
    text,
    copy,
    note: element("p", { class: "hint", role: "status" }),
    list: element("ul", { class: "visitors", "aria-label": t("Invited") }),
  };
}

/** Returns what the visitor is told. */
async function copyText(text: HTMLTextAreaElement): Promise<Words> {
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
    return t("Copied to this computer.");
  } catch {
    return t("The browser does not allow copying. The text is selected: copy it with the keyboard.");
  }
}

function renderLetter(page: string, user: string, password: string): Words {
  const lines = [page, `${t("User name")}: ${user}`, `${t("Password")}: ${password}`];
  return verbatim(lines.join("\n"));
}

function renderGuest(name: string, withdraw: () => void): HTMLElement {
  const label = t("Withdraw the invitation of {name}", { name });
  const button = element("button", { type: "button", "aria-label": label }, t("Withdraw"));
  button.addEventListener("click", withdraw);
  return element("li", {}, element("span", {}, verbatim(name)), button);
}

async function namesOfGuests(address: string): Promise<string[]> {
  try {
    const answer = await fetch(address, { cache: "no-store" });
    if (!answer.ok || !isOwn(answer)) return [];
    const users = (await answer.json()) as readonly { readonly user: string }[];
    return users.map(({ user }) => user).filter((user) => user.startsWith(GUEST));
  } catch {
    return [];
  }
}

/** Whether the server has changed this user. */
async function send(address: string, user: object): Promise<boolean> {
  try {
    const answer = await fetch(address, { method: "POST", body: JSON.stringify([user]) });
    return answer.ok && isOwn(answer);
  } catch {
    return false;
  }
}

/** Random letters and digits: two for each byte. */
function secret(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
