/** Who has not come: rows of a place that had nothing yet. */

import type { RollRow } from "../formats/roll";
import type { Place } from "./counter";

/** Rows of a place that had nothing yet, by name then card. */
export function waiting(place: Place): { index: number; row: RollRow }[] {
  const found: { index: number; row: RollRow }[] = [];
  let index = 0;
  for (const row of place.roll?.rows() ?? []) {
    if (!place.book.visits(row.tag).receipts.length) found.push({ index, row });
    index += 1;
  }
  return found.sort((a, b) => (a.row.name ?? "").localeCompare(b.row.name ?? "") || a.row.card.localeCompare(b.row.card));
}
