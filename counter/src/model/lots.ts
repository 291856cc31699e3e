/** First expired, first out: which lot is handed out now, by what was counted in and what the server knows of the point. */

import { isSecond, type Place } from "./place";

export interface LotNow {
  readonly lot: string;
  /** A day such as "2009-01-31". */
  readonly bestBefore: string;
  /** Its day is over. */
  readonly expired: boolean;
}

/** A day in the zone of the programme. */
export function dayOf(at: number, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(at * 1000);
}

/** Lots of a benefit that have a best before, the first to go in front: the clerk's count, else the ledger's. */
function lotsOf(place: Place, benefit: string): { lot: string; bestBefore: string | null; steps: number }[] {
  const counted = (place.count?.lines ?? []).filter((line) => line.benefit === benefit && (line.bestBefore || line.lot));
  const known = place.point.lots.filter((one) => one.benefit === benefit);
  const found = counted.length
    ? counted.map(({ lot, bestBefore, steps }) => ({ lot, steps: steps ?? 0, bestBefore: bestBefore || known.find((one) => one.lot === lot)?.bestBefore || null }))
    : known.map(({ lot, bestBefore, steps }) => ({ lot, bestBefore, steps }));
  return found.sort((a, b) => ((a.bestBefore ?? "9") < (b.bestBefore ?? "9") ? -1 : 1));
}

/** The lot to take from now, `given` steps of the benefit being out already; null where no best before is known. */
export function firstOut(place: Place, benefit: string, given: number, today: string): LotNow | null {
  if (isSecond(place)) return null; // which lots were carried over nobody wrote down
  let left = given;
  for (const { lot, bestBefore, steps } of lotsOf(place, benefit)) {
    if (left >= steps) {
      left -= steps;
      continue;
    }
    return bestBefore ? { lot, bestBefore, expired: bestBefore < today } : null;
  }
  return null;
}
