/** Custody: which phone of a point gives to a row now. The same releases lead to the same phone in whatever order they came. */

import { compare } from "../formats/bytes";
import { covers, type Signed } from "../formats/release";

/** Releases of a point in the order in which they are followed. */
export function ordered(releases: readonly Signed[]): Signed[] {
  return [...releases].sort((a, b) => a.receipts - b.receipts || a.number - b.number || compare(a.hash, b.hash));
}

/**
 * The phone that gives to this row. `holders`: who held the point in this cycle, the earliest first; `phones`: who is there
 * now; `releases` as `ordered`. A row whose last keeper is gone comes to the newest holder; "point:ID" is where a row went
 * that left this point.
 */
export function keeper(tag: Uint8Array, holders: readonly string[], phones: ReadonlySet<string>, releases: readonly Signed[]): string {
  const moved = releases.filter((release) => covers(release, tag));
  const used = new Set<Signed>();
  for (const holder of holders) {
    let at = holder;
    for (;;) {
      const next = moved.find((release) => release.device === at && !used.has(release));
      if (!next) break;
      used.add(next);
      at = next.to;
    }
    if (phones.has(at) || at.startsWith("point:")) return at;
  }
  return holders.at(-1) ?? "";
}
