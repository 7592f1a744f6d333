import { formatBytes } from "../bytes.ts";
import { t, verbatim, type Words } from "../translate.ts";
import type { Outcome } from "./transfer.ts";

/** What the visitor reads after content was sent to the desktop. */
export function wordsForSent(outcome: Outcome, limit: number): Words {
  const size = { limit: formatLimit(limit) };
  if (outcome === "done") return t("Sent to the desktop.");
  if (outcome === "without formatting")
    return t("Sent without its formatting, which is larger than {limit}.", size);
  if (outcome === "too large")
    return t("Clipboard not sent: larger than {limit}. The desktop keeps what it had.", size);
  if (outcome === "refused on the way")
    return t(
      "Clipboard not sent: a proxy on the way refused it as too large. The desktop keeps what it had.",
    );
  return t("Clipboard not sent: the desktop did not take it. Try again.");
}

/** What the visitor reads when content that was copied on the desktop did not arrive whole; undefined when it did. */
export function wordsForFetched(outcome: Outcome, limit: number): Words | undefined {
  const size = { limit: formatLimit(limit) };
  if (outcome === "done") return undefined;
  if (outcome === "without formatting")
    return t("Copied from the desktop without its formatting, which did not arrive.");
  if (outcome === "too large")
    return t("Not copied from the desktop: larger than {limit}. Your clipboard keeps what it had.", size);
  if (outcome === "no answer")
    return t("Not copied from the desktop: the program there does not answer. Copy it again.");
  return t("Not copied from the desktop: the connection failed. Copy it again.");
}

/** As the setting is written: `16 MiB`. */
function formatLimit(bytes: number): Words {
  return bytes % 2 ** 20 === 0 ? verbatim([bytes / 2 ** 20, "MiB"].join("\u00a0")) : formatBytes(bytes);
}
