/** Where the phone works, who came, and what shall be written. */

import { key, type Roll, type RollRow } from "../formats/roll";
import { keeper } from "../flow/custody";
import type { Presented, Steps } from "../flow/decide";
import type { Signed } from "../formats/release";
import type { StoredCount } from "../store/db";
import type { Book, Visits } from "./book";
import type { CycleState, Held, PointState } from "./heard";

/** A point in a cycle at which this phone works. */
export interface Place {
  /** This phone's own name. */
  readonly me: string;
  /** Releases of rows from one phone here to another, in the order in which they are followed. */
  readonly releases: readonly Signed[];
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
  /** Its index in the roll. */
  readonly index: number;
  readonly presented: Presented;
  /** Its whole ration after any re-cut. */
  readonly due: Steps;
  readonly visits: Visits;
  /** Receipts written for it so far. */
  readonly written: number;
  /** Why it is held, if it is. */
  readonly held: Held | null;
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
  /** A supplementary row's own ration. */
  readonly supplementary?: boolean;
  readonly notes?: readonly { readonly kind: string; readonly text: string }[];
}

const keepers = new WeakMap<Place, Map<number, string>>();

/** The phone of this point that gives to a row: one at a time. */
export function keeperOf(place: Place, index: number): string {
  const { holders, phones } = place.point;
  const holder = holders.at(-1) ?? place.me;
  const roll = place.roll as Roll;
  // What stands beside the roll is the holder's alone.
  if (!place.releases.length || index >= roll.own) return holder;
  const known = keepers.get(place) ?? new Map<number, string>();
  keepers.set(place, known);
  const found = known.get(index) ?? keeper(roll.row(index).tag, holders, new Set([...phones.keys(), holder]), place.releases);
  known.set(index, found);
  return found;
}

/** The point a row left for; null while it is of this one. */
export function leftFor(place: Place, index: number): string | null {
  const found = keeperOf(place, index);
  return found.startsWith("point:") ? found.slice(6) : null;
}

export function isMine(place: Place, index: number): boolean {
  return keeperOf(place, index) === place.me;
}

/** Whether this phone stands beside the one that holds the point. */
export function isSecond(place: Place): boolean {
  const { holders } = place.point;
  return holders.length > 0 && holders.at(-1) !== place.me;
}

/** How many rows this phone gives to. */
export function mine(place: Place): number {
  const size = place.roll?.size ?? 0;
  if (!place.releases.length) return isSecond(place) ? 0 : size;
  let count = 0;
  for (let index = 0; index < size; index++) count += Number(isMine(place, index));
  return count;
}

/** What a phone is called in the queue: the holder 1, the others from 2 on by their names. */
export function queueNumber(place: Place, phone: string): number {
  const holder = place.point.holders.at(-1) ?? place.me;
  return phone === holder ? 1 : 2 + [...place.point.phones.keys()].filter((name) => name !== holder).sort().indexOf(phone);
}

/** Whether a row had of its ration: from this phone, or from one it replaces. */
export function had(place: Place, tag: Uint8Array): boolean {
  return place.point.given.has(key(tag)) || place.book.visits(tag).receipts.length > 0;
}

/** How many of this phone's rows had of their rations. */
export function served(place: Place): number {
  const elsewhere = [...place.point.given.values()].filter((tag) => {
    const index = place.roll?.byTag(tag) ?? -1;
    return index >= 0 && isMine(place, index) && !place.book.visits(tag).receipts.length;
  });
  return place.book.served + elsewhere.length;
}

export function placeName(place: Place): string {
  return `${place.cycle.cycle}\n${place.point.point}`;
}

export function nameOf(found: Found): string {
  return found.row.name ?? found.row.card;
}
