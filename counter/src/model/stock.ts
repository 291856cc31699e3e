/** What lies at a place, and what is due of it: plain functions of the place as it stands. */

import { leftOf, type Steps } from "../flow/decide";
import type { Roll, RollRow } from "../formats/roll";
import { isMine, isSecond, type Place } from "./place";

/** A row's ration, by benefit in the order of the roll, after any re-cut. */
export function rationOf(place: Place, index: number, row: RollRow): Steps {
  const roll = place.roll as Roll;
  const cuts = index >= roll.own ? undefined : place.count?.cuts;
  return Object.fromEntries(roll.benefits.map(({ id }, at) => [id, cuts?.[id]?.rations[index] ?? (row.rations[at] as number)]));
}

/** The reserve for those who come a second time: without what supplementary rows have yet to collect. */
export function reserveForAll(place: Place): Steps {
  const left: Record<string, number> = { ...reserveLeft(place) };
  const roll = place.roll as Roll;
  for (let index = roll.own; index < roll.size; index++) {
    if (!roll.isSupplementary(index)) continue;
    const row = roll.row(index);
    for (const [id, steps] of Object.entries(leftOf(rationOf(place, index, row), place.book.visits(row.tag).given))) {
      if (id in left) left[id] = Math.max(0, (left[id] as number) - steps);
    }
  }
  return left;
}

/** Steps of the reserve that lie with this phone: the point's, with what came and went by releases, less what it gave. */
export function reserveLeft(place: Place): Steps {
  const used = place.book.totals().reserve;
  const holder = !isSecond(place);
  return Object.fromEntries(
    (place.roll?.benefits ?? []).map(({ id, reserve }) => {
      const whole = holder ? (place.count?.cuts[id]?.reserve ?? reserve ?? 0) : 0;
      return [id, whole + (moved(place)[id] ?? 0) - (used[id] ?? 0)];
    }),
  );
}

/** Steps of the reserve that came to this phone by releases, less those that went. One holder stands for those before it. */
function moved(place: Place): Steps {
  const { holders } = place.point;
  const side = (phone: string): string => (holders.includes(phone) ? (holders.at(-1) as string) : phone);
  const found: Record<string, number> = {};
  for (const { device, to, reserve } of place.releases) {
    const sign = Number(side(to) === place.me) - Number(side(device) === place.me);
    for (const [id, steps] of reserve) found[id] = (found[id] ?? 0) + sign * steps;
  }
  return found;
}

/** Steps that lay with this phone after the count (as planned, where nobody counted), and what should be left of them. */
export function onHand(place: Place): Record<string, { had: number; left: number }> {
  const { rations, reserve } = place.book.totals();
  const elsewhere = givenElsewhere(place);
  const found: Record<string, { had: number; left: number }> = {};
  const [second, came] = [isSecond(place), moved(place)];
  const rows = place.releases.length ? dueOf(place, (index) => isMine(place, index) === second) : {};
  const guests = second ? {} : broughtBy(place);
  for (const { id, units } of place.roll?.benefits ?? []) {
    if (units === null) continue;
    const whole = second ? 0 : (place.count?.counted[id] ?? units);
    const had = whole + (came[id] ?? 0) + (guests[id] ?? 0) + (second ? 1 : -1) * (rows[id] ?? 0);
    const gone = (rations[id] ?? 0) + (reserve[id] ?? 0) + (elsewhere[id] ?? 0);
    if (had || gone) found[id] = { had, left: had - gone };
  }
  return found;
}

/** What came with guests of other rolls: what is left of their rations. */
function broughtBy(place: Place): Steps {
  const sum: Record<string, number> = {};
  const roll = place.roll as Roll;
  for (const { rations, given } of place.point.guests) {
    for (const [at, { id }] of roll.benefits.entries()) sum[id] = (sum[id] ?? 0) + (rations[at] ?? 0) - (given?.[at] ?? 0);
  }
  return sum;
}

/** What is due to the roll's own rows that are chosen, all together. */
export function dueOf(place: Place, chosen: (index: number) => boolean): Steps {
  const sum: Record<string, number> = {};
  const roll = place.roll as Roll;
  for (let index = 0; index < roll.own; index++) {
    if (!chosen(index)) continue;
    for (const [id, steps] of Object.entries(rationOf(place, index, roll.row(index)))) sum[id] = (sum[id] ?? 0) + steps;
  }
  return sum;
}

/** What the phone that this one replaces gave, as far as the server knows: whole rations. */
function givenElsewhere(place: Place): Steps {
  const sum: Record<string, number> = {};
  for (const tag of place.point.given.values()) {
    const index = place.roll?.byTag(tag) ?? -1;
    if (index < 0 || !isMine(place, index) || place.book.visits(tag).receipts.length) continue;
    for (const [id, steps] of Object.entries(rationOf(place, index, (place.roll as Roll).row(index)))) sum[id] = (sum[id] ?? 0) + steps;
  }
  return sum;
}
