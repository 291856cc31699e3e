/** Where the phone works, who came, and what shall be written. */

import { key, type Roll, type RollRow } from "../formats/roll";
import type { Presented, Steps } from "../flow/decide";
import type { StoredCount } from "../store/db";
import type { Book, Visits } from "./book";
import type { CycleState, PointState } from "./heard";

/** A point in a cycle that this phone holds. */
export interface Place {
  readonly cycle: CycleState;
  readonly point: PointState;
  readonly roll: Roll | null;
  readonly count: StoredCount | null;
  readonly book: Book;
}

/** A row somebody came for. */
export interface Found {
  readonly place: Place;
  readonly row: RollRow;
  readonly presented: Presented;
  /** Its whole ration after any re-cut. */
  readonly due: Steps;
  readonly visits: Visits;
  /** Receipts written for it so far. */
  readonly written: number;
  /** Another phone of this point gave to it: all that is known of that here. */
  readonly elsewhere: boolean;
}

/** Something was written for this row since it was decided: decide again. */
export class Stale extends Error {}

/** What a row's receipt shall say. */
export interface Draft {
  readonly place: Place;
  readonly tag: Uint8Array;
  readonly proof: Uint8Array | string;
  readonly items: Steps;
  /** Receipts written for the row when this was decided (`Found.written`): two taps never give twice. */
  readonly after: number;
  readonly fromReserve?: boolean;
  readonly notes?: readonly { readonly kind: string; readonly text: string }[];
}

/** Whether a row had of its ration: from this phone, or from one it replaces. */
export function had(place: Place, tag: Uint8Array): boolean {
  return place.point.given.has(key(tag)) || place.book.visits(tag).receipts.length > 0;
}

/** How many rows had of their rations. */
export function served(place: Place): number {
  const elsewhere = [...place.point.given.values()].filter((tag) => !place.book.visits(tag).receipts.length);
  return place.book.served + elsewhere.length;
}

export function placeName(place: Place): string {
  return `${place.cycle.cycle}\n${place.point.point}`;
}

export function nameOf(found: Found): string {
  return found.row.name ?? found.row.card;
}
