/** Count in what came, and re-cut before the first household what came short. */

import { writeCount } from "../formats/head";
import type { Roll } from "../formats/roll";
import { recut } from "../flow/recut";
import type { CountLine, Device, StoredCount, StoredCut } from "../store/db";
import { signerOf, type Counter } from "./counter";
import type { Place } from "./place";

/** The re-cut of everything of which less was counted than planned. */
export async function cutsFor(roll: Roll, counted: Readonly<Record<string, number>>): Promise<Record<string, StoredCut>> {
  const found: Record<string, StoredCut> = {};
  const rows = roll.benefits.some(({ id, units }) => units !== null && (counted[id] ?? units) < units) ? [...roll.rows()] : [];
  for (const [at, { id, step, level, units, reserve }] of roll.benefits.entries()) {
    const steps = counted[id];
    if (units === null || steps === undefined || steps >= units) continue;
    const rungs = rows.map((row) => ({
      tag: row.tag, carry: BigInt(row.carry[at] as number), ladder: (row.ladders[at] as readonly number[]).map(BigInt),
    }));
    const planned = { units: BigInt(units), reserve: BigInt(reserve ?? 0), level, step: BigInt(step) };
    const cut = await recut(id, BigInt(steps), planned, rungs, roll.seed);
    found[id] = {
      counted: steps, reserve: Number(cut.reserve), units: Number(cut.units), rungs: cut.rungs, num: cut.num, den: cut.den,
      rations: cut.rations,
    };
  }
  return found;
}

/** Steps at hand by benefit, from the lines of a count: what can be given, damage left out. */
export function totalsOf(lines: readonly CountLine[], packSteps: (benefit: string) => number): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { benefit, packs, loose } of lines) found[benefit] = (found[benefit] ?? 0) + packs * packSteps(benefit) + loose;
  return found;
}

/** What a household is told of a re-cut: shares of what the rules say, and two examples of this roll. */
export interface CutWords {
  readonly benefit: string;
  readonly planned: number;
  readonly now: number;
  readonly wasPercent: number;
  readonly nowPercent: number;
  /** [members, steps before, steps now, steps due by the rules]; one, where everybody's are equal. */
  readonly examples: readonly { members: number; was: number; now: number; due: number }[];
  readonly sameForAll: boolean;
}

export function cutWords(roll: Roll, cuts: Readonly<Record<string, StoredCut>>): CutWords[] {
  const rows = [...roll.rows()];
  return roll.benefits.flatMap(({ id, step }, at) => {
    const cut = cuts[id];
    if (!cut) return [];
    const lines = rows.map((row, index) => {
      const due = Number((row.ladders[at] as readonly number[]).reduce<bigint>((sum, one) => sum + BigInt(one), 0n) / BigInt(step));
      return { members: row.members, was: row.rations[at] as number, now: cut.rations[index] as number, due };
    });
    const sum = (pick: (line: (typeof lines)[0]) => number): number => lines.reduce((total, line) => total + pick(line), 0);
    const had = lines.filter((line) => line.was > 0).sort((a, b) => a.due - b.due || b.members - a.members);
    const [middle, least] = [had[had.length >> 1], had[0]];
    const sameForAll = had.every((line) => line.was === had[0]?.was && line.now === had[0]?.now);
    const examples = middle && least ? (sameForAll || middle === least ? [middle] : [middle, least]) : [];
    const whole = sum((line) => line.due) || 1;
    return [{
      benefit: id, planned: sum((line) => line.was), now: sum((line) => line.now), examples, sameForAll,
      wasPercent: Math.round((100 * sum((line) => line.was)) / whole), nowPercent: Math.round((100 * sum((line) => line.now)) / whole),
    }];
  });
}

/** Sign a count and keep it with its re-cut: from now on the rations are these. */
export async function countIn(counter: Counter, place: Place, lines: readonly CountLine[], counted: Readonly<Record<string, number>>): Promise<StoredCount> {
  const device = counter.device as Device;
  const [cycle, point] = [place.cycle.cycle, place.point.point];
  const cose = await writeCount(device.programme, cycle, point, new Map(Object.entries(counted)), signerOf(device));
  const cuts = await cutsFor(place.roll as Roll, counted);
  const count = { cycle, point, counted, lines, cuts, cose, at: counter.clock(), sent: false };
  await counter.keepCount(count);
  return count;
}

/** A point that was counted elsewhere (from a list, by a phone that is gone, by the one beside): the same re-cut. */
export async function adoptCounts(counter: Counter): Promise<void> {
  for (const place of counter.places) {
    const said = place.point.counted;
    if (said && place.roll && !place.count?.sent) await adopt(counter, place, said);
  }
}

export async function adopt(counter: Counter, place: Place, said: ReadonlyMap<string, number>): Promise<void> {
  const counted = Object.fromEntries(said);
  const [cycle, point] = [place.cycle.cycle, place.point.point];
  const cuts = await cutsFor(place.roll as Roll, counted);
  await counter.keepCount({ cycle, point, counted, lines: place.count?.lines ?? [], cuts, cose: new Uint8Array(), at: counter.clock(), sent: true });
}
