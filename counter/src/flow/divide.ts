/**
 * Rations in whole hand-out steps, with what rounding owes (spec/formats.md, Division). One (point, benefit) at a time,
 * in exact integers: b only ever matters in whole millionths of a step, rounded down, and such floors nest exactly.
 */

import { compare } from "../formats/bytes";
import { tie } from "../formats/tag";

export const MICRO = 1_000_000n;

/** A household's part in one benefit: base units of its complete rungs and of the next one, arrears in millionths. */
export interface Share {
  readonly tag: Uint8Array;
  readonly full: bigint;
  readonly next: bigint;
  readonly carry: bigint;
}

/** The benefit, base units of a step, part num / den of the next rung, steps to give. */
export interface Group {
  readonly benefit: string;
  readonly step: bigint;
  readonly num: bigint;
  readonly den: bigint;
  readonly units: bigint;
}

export interface Division {
  /** Steps by row. */
  readonly rations: number[];
  /** Arrears after by row, in millionths of a step. */
  readonly carryAfter: bigint[];
}

export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/**
 * Divide the units of a group among its rows. The rations add up to min(floor(sum of b), units), never below 0: floors
 * first, then one step each to the largest remainders, ties to the smallest tie; taking back goes the other way.
 */
export async function divide(group: Group, rows: readonly Share[], seed: Uint8Array): Promise<Division> {
  const { step, num, den } = group;
  const owed = rows.map((row) => row.carry + (row.full * MICRO + (row.next * MICRO * num) / den) / step);
  const rations = owed.map((micro) => (micro < 0n ? 0n : micro / MICRO));
  // Who owes a step already comes last.
  const rest = owed.map((micro, at) => Number(micro < 0n ? -1n : micro - (rations[at] as bigint) * MICRO));
  let spare = target(group, rows) - rations.reduce((sum, ration) => sum + ration, 0n);
  const ties = new Map<number, Uint8Array>();
  const tieOf = async (members: number[]): Promise<void> => {
    await Promise.all(
      members.map(async (at) => {
        if (!ties.has(at)) ties.set(at, await tie(seed, (rows[at] as Share).tag, group.benefit));
      }),
    );
  };
  const byTie = (a: number, b: number): number => compare(ties.get(a) as Uint8Array, ties.get(b) as Uint8Array);

  if (spare > 0n) {
    const count = Number(spare);
    const order = rows.map((_, at) => at).sort((a, b) => (rest[b] as number) - (rest[a] as number));
    const cut = rest[order[count - 1] as number] as number;
    const sure = order.filter((at) => (rest[at] as number) > cut);
    const equal = order.filter((at) => rest[at] === cut);
    if (equal.length > count - sure.length) {
      await tieOf(equal);
      equal.sort(byTie);
    }
    for (const at of [...sure, ...equal.slice(0, count - sure.length)]) rations[at] = (rations[at] as bigint) + 1n;
  }
  while (spare < 0n) {
    const missing = -spare;
    const holders = rows.map((_, at) => at).filter((at) => (rations[at] as bigint) > 0n);
    const rounds = missing / BigInt(holders.length);
    if (rounds) {
      const least = holders.reduce((low, at) => ((rations[at] as bigint) < low ? (rations[at] as bigint) : low), rounds);
      for (const at of holders) rations[at] = (rations[at] as bigint) - least;
      spare += least * BigInt(holders.length);
      continue;
    }
    await tieOf(holders);
    holders.sort((a, b) => (rest[a] as number) - (rest[b] as number) || byTie(b, a));
    for (const at of holders.slice(0, Number(missing))) rations[at] = (rations[at] as bigint) - 1n;
    spare = 0n;
  }
  return {
    rations: rations.map(Number),
    carryAfter: owed.map((micro, at) => micro - (rations[at] as bigint) * MICRO),
  };
}

function target(group: Group, rows: readonly Share[]): bigint {
  const sum = (pick: (row: Share) => bigint): bigint => rows.reduce((total, row) => total + pick(row), 0n);
  const share = sum((row) => row.full) * MICRO + (sum((row) => row.next) * MICRO * group.num) / group.den;
  const owed = floorDiv(sum((row) => row.carry) + share / group.step, MICRO);
  const least = owed < group.units ? owed : group.units;
  return least < 0n ? 0n : least;
}
