/** Re-cut: bring a point's level down to what really arrived (spec/formats.md, Division), the same as on the server. */

import { divide, floorDiv, MICRO, type Division, type Share } from "./divide";

/** A level: rungs + num/den. */
export interface Level {
  readonly rungs: bigint;
  readonly num: bigint;
  readonly den: bigint;
}

/** A point's new reserve, level and units to give, in steps. */
export interface Recut extends Level {
  readonly reserve: bigint;
  readonly units: bigint;
}

/** What was planned for one benefit at a point. */
export interface Planned {
  readonly units: bigint;
  readonly reserve: bigint;
  readonly level: Level;
  readonly step: bigint;
}

/**
 * The greatest level, not above the planned, that `counted` steps pay for. `ladder`: exact base units of the point by
 * rung, the first at index 0. `carry`: sum of its households' arrears in millionths of a step.
 */
export function newLevel(counted: bigint, planned: Planned, ladder: readonly bigint[], carry: bigint): Recut {
  const { units, reserve, step } = planned;
  const kept = units ? (counted * reserve) / units : 0n;
  const atHand = counted - kept;
  const room = (atHand * MICRO - carry) * step; // in millionths of a base unit
  const level = room < 0n ? { rungs: 0n, num: 0n, den: 1n } : greatest(ladder, room, planned.level);
  const { num: held, den } = heldBy(ladder, level);
  const owed = floorDiv(carry * den * step + held * MICRO, MICRO * den * step);
  const least = owed < atHand ? owed : atHand;
  return { reserve: kept, ...level, units: least < 0n ? 0n : least };
}

function reduced(whole: bigint, num: bigint, den: bigint): Level {
  const rungs = whole + num / den;
  let [a, b] = [num % den, den];
  const rest = a;
  while (b) [a, b] = [b, a % b];
  return { rungs, num: rest / a, den: den / a };
}

function greatest(ladder: readonly bigint[], room: bigint, ceiling: Level): Level {
  const top = reduced(ceiling.rungs, ceiling.num, ceiling.den);
  for (const [below, amount] of ladder.entries()) {
    if (amount <= 0n) continue;
    const need = amount * MICRO;
    if (need > room) {
      const found = reduced(BigInt(below), room, need);
      const lower = found.rungs < top.rungs || (found.rungs === top.rungs && found.num * top.den < top.num * found.den);
      return lower ? found : top;
    }
    room -= need;
  }
  return top;
}

/** What the ladder holds up to a level, as a fraction. */
function heldBy(ladder: readonly bigint[], level: Level): { num: bigint; den: bigint } {
  const complete = ladder.filter((_, below) => BigInt(below) < level.rungs).reduce((sum, amount) => sum + amount, 0n);
  const coming = ladder[Number(level.rungs)] ?? 0n;
  return { num: complete * level.den + coming * level.num, den: level.den };
}

/** A household's ladder of one benefit: base units by rung, and its arrears. */
export interface Rungs {
  readonly tag: Uint8Array;
  readonly ladder: readonly bigint[];
  readonly carry: bigint;
}

export interface Cut extends Recut, Division {
  readonly counted: bigint;
  readonly carry: bigint;
}

/** Re-cut one benefit of a point to `counted` steps at hand: the new level, and everybody's ration by it. */
export async function recut(benefit: string, counted: bigint, planned: Planned, rows: readonly Rungs[], seed: Uint8Array): Promise<Cut> {
  const height = rows.reduce((most, row) => Math.max(most, row.ladder.length), 0);
  const ladder = Array.from({ length: height }, (_, rung) => rows.reduce((sum, row) => sum + (row.ladder[rung] ?? 0n), 0n));
  const carry = rows.reduce((sum, row) => sum + row.carry, 0n);
  const level = newLevel(counted, planned, ladder, carry);
  const { num, den, units } = level;
  const rungs = Number(level.rungs);
  const shares: Share[] = rows.map(({ tag, ladder, carry }) => {
    const full = ladder.slice(0, rungs).reduce((sum, amount) => sum + amount, 0n);
    return { tag, carry, full, next: ladder[rungs] ?? 0n };
  });
  const divided = await divide({ benefit, step: planned.step, num, den, units }, shares, seed);
  return { counted, carry, ...level, ...divided };
}
