import { element } from "../dom.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { t } from "../translate.ts";
import { gainOf, parseChoice, type SoundChoice } from "./choice.ts";
import { addSoundFigures } from "./figures.ts";
import { createPlayer, type Player } from "./player.ts";
import { createView, type View } from "./view.ts";
import type { WorkletReport } from "./worklet.ts";

/** The controls for the desktop's sound. */
export const sound: Feature = { service: "sound", setUp };

function setUp(context: FeatureContext): void {
  const group = context.group("sound", "Sound");
  if (!("AudioWorkletNode" in globalThis)) {
    group.append(element("p", { class: "hint" }, t("Sound needs a newer browser, and https.")));
    return;
  }
  let player: Player | undefined;
  const choice = parseChoice(context.store.read());
  const view = createView({
    group,
    choice,
    onChoice(changed) {
      context.store.write(changed);
      if (player) apply(player, changed);
    },
    onAllow() {
      player?.allow();
      context.focusDesktop();
    },
    level: () => player?.level() ?? 0,
  });
  void start(context, view)
    .then((started) => {
      player = started;
      apply(started, parseChoice(context.store.read() ?? choice));
    })
    .catch((error) => view.showFault(t("Sound cannot be played here: {reason}", { reason: String(error) })));
}

async function start({ socketAddress, onState, addFigure }: FeatureContext, view: View): Promise<Player> {
  let reported = 0;
  let latest: WorkletReport | undefined;
  const player = await createPlayer({
    address: socketAddress("audio"),
    onPhase(phase) {
      if (phase !== "playing") latest = undefined;
      view.showPhase(phase);
    },
    onReport(report) {
      latest = report;
      const now = performance.now();
      if (now - reported < 1_000) return;
      reported = now;
      view.showReport(report);
    },
  });
  addSoundFigures(addFigure, player.figures, () => latest);
  onState(({ phase }) => {
    if (phase === "connected") player.retryNow();
  });
  // Any input on the desktop counts for the browser, so sound can start without the button.
  for (const type of ["pointerup", "keydown", "touchend"]) {
    window.addEventListener(type, () => player.allow(), { capture: true, passive: true });
  }
  document.addEventListener("visibilitychange", () => player.allow());
  return player;
}

function apply(player: Player, { isOn, volume }: SoundChoice): void {
  player.setVolume(gainOf(volume));
  player.setOn(isOn);
}
