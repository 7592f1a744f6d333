/**
 * Orders two versions as Debian does: below 0 where `a` is older, above where it is newer. Runs of digits count as
 * numbers, `~` comes before everything, even the end; `:` ends an epoch, and `-` begins a revision.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [split(a), split(b)];
  return (
    comparePart(left.epoch, right.epoch) ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision)
  );
}

function split(version: string): { epoch: string; upstream: string; revision: string } {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  return {
    epoch: version.slice(0, Math.max(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? "" : rest.slice(dash + 1),
  };
}

/** Compares text and numbers alternately until something differs. */
function comparePart(a: string, b: string): number {
  let [left, right] = [a, b];
  while (left !== "" || right !== "") {
    const [, leftText = "", leftNumber = ""] = /^(\D*)(\d*)/.exec(left) ?? [];
    const [, rightText = "", rightNumber = ""] = /^(\D*)(\d*)/.exec(right) ?? [];
    const order = compareText(leftText, rightText) || compareNumbers(leftNumber, rightNumber);
    if (order !== 0) return order;
    left = left.slice(leftText.length + leftNumber.length);
    right = right.slice(rightText.length + rightNumber.length);
  }
  return 0;
}

function compareText(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = weight(a[index]) - weight(b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Letters come before everything else but `~` and the end. */
function weight(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === "~") return -1;
  return character.charCodeAt(0) + (/[A-Za-z]/.test(character) ? 0 : 0x10000);
}

/** Of any length: a date with a time does not fit a number exactly. */
function compareNumbers(a: string, b: string): number {
  const difference = BigInt(a || 0) - BigInt(b || 0);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
