/** Who came, and what is to be handed over: plain functions of the place as it stands. */

import { decide, leftOf, type Decision, type Presented, type Steps } from "../flow/decide";
import { key, type Roll } from "../formats/roll";
import { leftFor, type Found, type Place } from "./place";
import { rationOf, reserveForAll, reserveLeft } from "./stock";

/** The row at `index`, somebody being there with what was presented. */
export function found(place: Place, index: number, presented: Presented): Found {
  const row = (place.roll as Roll).row(index);
  const due = rationOf(place, index, row);
  const visits = place.book.visits(row.tag);
  const elsewhere = (row.home === null && place.point.given.has(key(row.tag))) || leftFor(place, index) !== null;
  const held = place.point.held.get(key(row.tag)) ?? null;
  return { place, row, index, presented, due, visits, elsewhere, held, written: place.book.count(row.tag) };
}

/** What is to be handed over. */
export function decideFor(of: Found): Promise<Decision> {
  const { place, row, index, presented, due, held } = of;
  const given = givenSoFar(of);
  const fromReserve = (place.roll as Roll).isSupplementary(index);
  const rest = !given || Object.keys(leftOf(due, given)).length > 0;
  const reserve = fromReserve && rest ? reserveLeft(place) : reserveForAll(place);
  return decide({ tag: row.tag, due, given, fromReserve, held: held !== null }, presented, reserve);
}

/** Steps it had, here and (a row that moved) where it came from; null where nobody has come yet. */
function givenSoFar({ place, row, due, visits, elsewhere }: Found): Steps | null {
  if (elsewhere) return due;
  const before = row.given?.some(Boolean) ? row.given : null;
  if (!before && !visits.receipts.length) return null;
  return Object.fromEntries((place.roll as Roll).benefits.map(({ id }, at) => [id, (before?.[at] ?? 0) + (visits.given[id] ?? 0)]));
}
