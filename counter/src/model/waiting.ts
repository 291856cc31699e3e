/** Who has not come: rows of a place that had nothing yet. */

import type { Roll, RollRow } from "../formats/roll";
import { had, isMine, type Place } from "./place";

interface Listed {
  readonly index: number;
  readonly row: RollRow;
}

/** Every row by name, then card: read once, since a roll never changes and people look through it letter by letter. */
const lists = new WeakMap<Roll, readonly Listed[]>();

function listed(roll: Roll): readonly Listed[] {
  const known = lists.get(roll);
  if (known) return known;
  const order = new Intl.Collator();
  const made = Array.from({ length: roll.size }, (_, index) => ({ index, row: roll.row(index) }));
  made.sort((a, b) => order.compare(a.row.name ?? "", b.row.name ?? "") || order.compare(a.row.card, b.row.card));
  lists.set(roll, made);
  return made;
}

/** Rows that this phone gives to and that had nothing of their ration yet, by name then card. */
export function waiting(place: Place): readonly Listed[] {
  return place.roll ? listed(place.roll).filter(({ row, index }) => !had(place, row.tag) && isMine(place, index)) : [];
}
