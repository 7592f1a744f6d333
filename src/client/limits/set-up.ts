import { type LimitNotice, readLimit } from "../../wire/limit.ts";
import { element, write } from "../dom.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { followFeed } from "../feed.ts";
import { type Text, t, verbatim, type Words } from "../translate.ts";

/** What shows that somebody is there. */
const INPUT = ["pointermove", "pointerdown", "keydown", "wheel"] as const;

/** Milliseconds. */
const CONFIRMATION = 2_000;

const TEXTS: Readonly<Record<LimitNotice["cause"], Readonly<Record<LimitNotice["end"], Text>>>> = {
  idle: {
    disconnect: "Nobody seems to use this desktop. You will be disconnected in {time}.",
    stop: "Nobody seems to use this desktop. It will stop in {time}.",
  },
  longest: {
    disconnect: "This session soon reaches its longest time. You will be disconnected in {time}.",
    stop: "This session soon reaches its longest time. The desktop will stop in {time}: save your work.",
  },
};

/** Warns that the session is about to end. Any input ends the countdown of an idle one. */
export const limits = {
  service: "limits",
  setUp(context: Pick<FeatureContext, "address" | "onState" | "socketAddress">) {
    const [words, announcement] = [element("p"), element("p", { class: "unseen", role: "alert" })];
    const stay = element("button", { type: "button", class: "primary" }, t("Stay connected"));
    const notice = element("div", { id: "limit-notice", hidden: "" }, words, stay);
    document.body.append(notice, announcement);
    let timer: ReturnType<typeof setInterval> | undefined;
    const rest = () => {
      clearInterval(timer);
      write(announcement);
      for (const type of INPUT) window.removeEventListener(type, prove, { capture: true });
    };
    const hide = () => {
      rest();
      notice.hidden = true;
      delete notice.dataset.kept;
    };
    // Not hidden at once: the click of who moved the mouse to the button would meet the desktop.
    const keep = () => {
      rest();
      write(words, t("You stay connected."));
      notice.dataset.kept = "";
      timer = setInterval(hide, CONFIRMATION);
    };
    const prove = () => {
      keep();
      // If it does not arrive, the gateway's next message warns again.
      void fetch(context.address("api/limits"), { method: "POST" }).catch(() => {});
    };
    const warn = (limit: LimitNotice) => {
      hide();
      const end = performance.now() + limit.left;
      const paint = () => write(words, render(limit, end - performance.now()));
      paint();
      timer = setInterval(paint, 1_000);
      // Once: not each second of the countdown.
      write(announcement, render(limit, limit.left));
      stay.hidden = limit.cause !== "idle";
      notice.hidden = false;
      if (limit.cause !== "idle") return;
      for (const type of INPUT) window.addEventListener(type, prove, { capture: true, passive: true });
    };
    followFeed(context, "api/limits", (message) => {
      const limit = readLimit(message);
      if (limit !== undefined) warn(limit);
      else if (!notice.hidden && notice.dataset.kept === undefined) keep();
    });
    context.onState(({ phase }) => {
      if (phase !== "connected") hide();
    });
  },
} satisfies Feature;

function render({ cause, end }: LimitNotice, left: number): Words {
  const seconds = Math.max(0, Math.ceil(left / 1_000));
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return t(TEXTS[cause][end], { time: verbatim(time) });
}
