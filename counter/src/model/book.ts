/** The book of a point: what its receipts come to, by row. Built anew from the outbox at every start. */

import { key } from "../formats/roll";
import type { Steps } from "../flow/decide";
import type { Entry } from "../store/db";

/** The kept reason of a receipt that takes back the one before it: undo within the visit. */
export const UNDONE = "undone";

/** What a row has had. */
export interface Visits {
  /** Steps of its ration, all visits together. */
  readonly given: Steps;
  /** Receipts that gave it of its ration, oldest first. */
  readonly receipts: readonly Entry[];
  /** Receipts that gave again, from the reserve. */
  readonly again: readonly Entry[];
  /** The last word where nothing was handed over: refused or held. */
  readonly withheld: Entry | null;
}

const NOTHING: Visits = { given: {}, receipts: [], again: [], withheld: null };

export class Book {
  private readonly rows = new Map<string, Entry[]>();
  private readonly written = new Map<string, number>();
  private latest: Entry | null = null;

  constructor(entries: Iterable<Entry> = []) {
    for (const entry of entries) this.enter(entry);
  }

  /** Enter receipts in the order of their sequence. */
  enter(entry: Entry): void {
    this.latest = entry;
    this.written.set(key(entry.tag), this.count(entry.tag) + 1);
    const of = this.rows.get(key(entry.tag)) ?? [];
    if (entry.reason === UNDONE) of.pop();
    else of.push(entry);
    this.rows.set(key(entry.tag), of);
  }

  /** The receipt written last, if it has not been taken back. */
  get last(): Entry | null {
    return this.latest && this.latest.reason !== UNDONE ? this.latest : null;
  }

  /** How many receipts were ever written for a row, those taken back too. */
  count(tag: Uint8Array): number {
    return this.written.get(key(tag)) ?? 0;
  }

  visits(tag: Uint8Array): Visits {
    const entries = this.rows.get(key(tag));
    if (!entries?.length) return NOTHING;
    const receipts = entries.filter(isRation);
    const again = entries.filter((entry) => entry.fromReserve && !entry.supplementary);
    const last = entries.at(-1) as Entry;
    return { given: sums(receipts), receipts, again, withheld: last.items.length || last.fromReserve ? null : last };
  }

  /** Rows that had something of their ration. */
  get served(): number {
    let count = 0;
    for (const entries of this.rows.values()) count += Number(entries.some(isRation));
    return count;
  }

  /** Steps handed out: of rations, and from the reserve. */
  totals(): { rations: Steps; reserve: Steps } {
    const all = [...this.rows.values()].flat();
    return { rations: sums(all.filter((entry) => !entry.fromReserve)), reserve: sums(all.filter((entry) => entry.fromReserve)) };
  }
}

function isRation(entry: Entry): boolean {
  return entry.items.length > 0 && (!entry.fromReserve || entry.supplementary === true);
}

function sums(entries: readonly Entry[]): Steps {
  const found: Record<string, number> = {};
  for (const { items } of entries) for (const [benefit, steps] of items) found[benefit] = (found[benefit] ?? 0) + steps;
  return found;
}
