/** What a look at a service found: that it is well, that something is wrong, or that one cannot tell now. */
export type Finding = "well" | "unknown" | { readonly wrong: string };

/** Looks at a running service. Rejects, or does not end, when it gives no answer. */
export type Look = () => Promise<Finding>;

/** Bad looks in a row until a service counts as unhealthy. */
const BAD_LOOKS = 2;

const OWN_FAULTS: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS"]);

interface Listeners {
  /** Called once for each loss, with the reason. */
  onLost(reason: string): void;
  /** Called when it is well again. */
  onWell(): void;
}

/**
 * Follows a service by looks. Returns a function to call at an interval: it looks, unless the last look has had no
 * answer yet, which counts as a bad one. Nothing waits for a look: one that never ends is what it is to find.
 */
export function followHealth(look: Look, { onLost, onWell }: Listeners): () => void {
  let [isLooking, bad] = [false, 0];
  const judge = (found: Finding) => {
    if (found === "unknown") return;
    if (found === "well") {
      const wasLost = bad >= BAD_LOOKS;
      bad = 0;
      if (wasLost) onWell();
      return;
    }
    bad += 1;
    if (bad === BAD_LOOKS) onLost(found.wrong);
  };
  const answered = (found: Finding) => {
    isLooking = false;
    judge(found);
  };
  return () => {
    if (isLooking) return judge({ wrong: "it does not answer" });
    isLooking = true;
    look().then(answered, (error: NodeJS.ErrnoException) => {
      // This process could not even ask.
      if (OWN_FAULTS.has(error.code ?? "")) answered("unknown");
      else answered({ wrong: `it does not answer: ${error.message}` });
    });
  };
}
