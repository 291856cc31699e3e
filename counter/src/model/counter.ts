/**
 * The counter: the phone as the device that holds its points. Everything it knows lies in the database of the browser;
 * this is that in memory, and the only place that writes receipts. Nothing here asks the network or the screen.
 */

import type { Bytes } from "../formats/bytes";
import type { Signer } from "../formats/cose";
import { key, Roll, RollError, type RollRow } from "../formats/roll";
import { write as writeReceipt } from "../formats/receipt";
import { writeNote } from "../formats/head";
import { tagOf } from "../formats/tag";
import { decide, nonzero, NO_TAG, type Decision, type Presented, type Steps } from "../flow/decide";
import { append, kept, put, type Db, type Device, type Entry, type Heard, type Settings, type StoredCount, type StoredNote } from "../store/db";
import { Book, UNDONE } from "./book";
import { readState, type State } from "./heard";
import { Stale, type Draft, type Found, type Place } from "./place";

export const SETTINGS: Settings = { language: "", clerk: "", sound: true, packs: {}, notesSent: 0 };

export function signerOf(device: Device): Signer {
  const sign = async (message: Uint8Array): Promise<Bytes> =>
    new Uint8Array(await crypto.subtle.sign("Ed25519", device.keys.privateKey, message as Bytes));
  return { publicKey: device.publicKey, sign };
}

export class Counter {
  state: State | null = null;
  heardAt = 0;
  settings = SETTINGS;
  device: Device | null = null;
  places: Place[] = [];
  entries = new Map<string, Entry[]>();
  notes: StoredNote[] = [];
  acknowledged = new Map<string, number>();
  closed = new Set<string>();
  private rolls = new Map<string, Roll>();
  private books = new Map<string, Book>();
  private counts = new Map<string, StoredCount>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    readonly db: Db,
    readonly clock: () => number = () => Math.floor(Date.now() / 1000),
  ) {}

  /** Read everything that lies on the phone. */
  async load(): Promise<void> {
    const [device, heard, settings, rolls, entries, counts, notes, acknowledged, closes] = await Promise.all([
      kept<Device>(this.db, "device"), kept<Heard>(this.db, "heard"), kept<Settings>(this.db, "settings"), this.db.getAll("rolls"),
      this.db.getAll("outbox"), this.db.getAll("counts"), this.db.getAll("notes"), this.db.getAll("acknowledged"), this.db.getAll("closes"),
    ]);
    this.device = device ?? null;
    this.settings = { ...SETTINGS, ...settings };
    this.entries = new Map();
    for (const entry of entries) {
      const chain = this.entries.get(entry.cycle);
      if (chain) chain.push(entry);
      else this.entries.set(entry.cycle, [entry]);
    }
    this.counts = new Map(counts.map((count) => [placeKey(count.cycle, count.point), count]));
    this.rolls = new Map();
    for (const roll of rolls) {
      try {
        this.rolls.set(placeKey(roll.cycle, roll.point), Roll.read(roll.raw));
      } catch (error) {
        if (!(error instanceof RollError)) throw error; // a spoiled roll is fetched again
      }
    }
    this.notes = notes;
    this.acknowledged = new Map(acknowledged.map(({ cycle, receipts }) => [cycle, receipts]));
    this.closed = new Set(closes.map(({ cycle }) => cycle));
    this.books = new Map();
    for (const [cycle, list] of this.entries) {
      for (const entry of list) this.bookOf(cycle, entry.point).enter(entry);
    }
    if (heard) this.hear(heard);
  }

  /** Take in what the server said last. */
  hear(heard: Heard): void {
    this.state = readState(heard.raw);
    this.heardAt = heard.at;
    this.arrange();
  }

  private arrange(): void {
    this.places = (this.state?.cycles ?? []).flatMap((cycle) =>
      cycle.points.map((point) => {
        const name = placeKey(cycle.cycle, point.point);
        return {
          cycle, point, roll: this.rolls.get(name) ?? null, count: this.counts.get(name) ?? null,
          book: this.bookOf(cycle.cycle, point.point),
        };
      }),
    );
  }

  private bookOf(cycle: string, point: string): Book {
    const name = placeKey(cycle, point);
    const found = this.books.get(name) ?? new Book();
    this.books.set(name, found);
    return found;
  }

  async keepRoll(roll: Roll): Promise<void> {
    await put(this.db, "rolls", { cycle: roll.cycle, point: roll.point, raw: roll.raw, at: this.clock() });
    this.rolls.set(placeKey(roll.cycle, roll.point), roll);
    this.arrange();
  }

  async keepCount(count: StoredCount): Promise<void> {
    await put(this.db, "counts", count);
    this.counts.set(placeKey(count.cycle, count.point), count);
    this.arrange();
  }

  async keepSettings(change: Partial<Settings>): Promise<void> {
    this.settings = { ...this.settings, ...change };
    await put(this.db, "keep", this.settings, "settings");
  }

  /** The place of the same cycle and point as it stands now. */
  again(place: Place): Place {
    return this.places.find((one) => one.cycle.cycle === place.cycle.cycle && one.point.point === place.point.point) ?? place;
  }

  /** Receipts of a cycle the server has not signed for. */
  unsent(cycle: string): Entry[] {
    const known = this.acknowledged.get(cycle) ?? 0;
    return (this.entries.get(cycle) ?? []).filter((entry) => entry.sequence > known);
  }

  get unsentCount(): number {
    return [...this.entries.keys()].reduce((sum, cycle) => sum + this.unsent(cycle).length, 0);
  }

  /** Who comes with this coupon: the row here, or at another place of this phone that is open. Null: on none. */
  async byCoupon(r: Uint8Array, here: Place): Promise<Found | null> {
    const tag = await tagOf(r);
    return this.search(here, (roll) => roll.byTag(tag), { r });
  }

  /** Who has this card; without a coupon, for `reason`. Null: nobody on the roll here. */
  byCard(card: string, here: Place, reason: string): Found | null {
    return this.search(here, (roll) => roll.byCard(card), { exception: reason });
  }

  private search(here: Place, find: (roll: Roll) => number, presented: Presented): Found | null {
    for (const place of [here, ...this.places]) {
      const index = place.roll && this.mayGive(place) ? find(place.roll) : -1;
      if (index >= 0) return this.found(place, index, presented);
    }
    return null;
  }

  /** Whether food may be handed out there now. */
  mayGive(place: Place): boolean {
    return Boolean(place.roll) && place.cycle.open && !place.point.closed && !this.closed.has(place.cycle.cycle);
  }

  found(place: Place, index: number, presented: Presented): Found {
    const roll = place.roll as Roll;
    const row = roll.row(index);
    const due = this.due(place, index, row);
    const visits = place.book.visits(row.tag);
    const elsewhere = place.point.given.has(key(row.tag));
    return { place, row, presented, due, visits, elsewhere, written: place.book.count(row.tag) };
  }

  /** A row's ration, by benefit in the order of the roll, after any re-cut. */
  due(place: Place, index: number, row: RollRow): Steps {
    const roll = place.roll as Roll;
    return Object.fromEntries(
      roll.benefits.map(({ id }, at) => [id, place.count?.cuts[id]?.rations[index] ?? (row.rations[at] as number)]),
    );
  }

  /** What is to be handed over. */
  decide({ place, row, presented, due, visits, elsewhere }: Found): Promise<Decision> {
    const given = elsewhere ? due : visits.receipts.length ? visits.given : null;
    return decide({ tag: row.tag, due, given }, presented, this.reserveLeft(place));
  }

  /** Steps left of the reserve at a place. */
  reserveLeft(place: Place): Steps {
    const used = place.book.totals().reserve;
    return Object.fromEntries(
      (place.roll?.benefits ?? []).map(({ id, reserve }) => [id, (place.count?.cuts[id]?.reserve ?? reserve ?? 0) - (used[id] ?? 0)]),
    );
  }

  /** Steps that lay at a place after the count (as planned, where nobody counted), and what should be left of them. */
  onHand(place: Place): Record<string, { had: number; left: number }> {
    const { rations, reserve } = place.book.totals();
    const elsewhere = this.givenElsewhere(place);
    const found: Record<string, { had: number; left: number }> = {};
    for (const { id, units } of place.roll?.benefits ?? []) {
      const had = place.count?.counted[id] ?? units ?? 0;
      const gone = (rations[id] ?? 0) + (reserve[id] ?? 0) + (elsewhere[id] ?? 0);
      if (had || gone) found[id] = { had, left: had - gone };
    }
    return found;
  }

  /** What the phone that this one replaces gave, as far as the server knows: whole rations. */
  private givenElsewhere(place: Place): Steps {
    const sum: Record<string, number> = {};
    for (const tag of place.point.given.values()) {
      const index = place.roll?.byTag(tag) ?? -1;
      if (index < 0 || place.book.visits(tag).receipts.length) continue;
      for (const [id, steps] of Object.entries(this.due(place, index, (place.roll as Roll).row(index)))) sum[id] = (sum[id] ?? 0) + steps;
    }
    return sum;
  }

  /** Sign what was decided and keep it. It is on the disk when this returns; then the goods may be handed over. */
  give(draft: Draft): Promise<Entry> {
    return this.once(() => this.sign(draft));
  }

  /** Take back the receipt written last, within the visit. */
  undo(entry: Entry, place: Place): Promise<Entry> {
    return this.once(async () => {
      if (place.book.last !== entry) throw new Error("only the last receipt can be taken back");
      return this.sign({ place, tag: entry.tag, proof: UNDONE, items: {}, after: place.book.count(entry.tag) });
    });
  }

  /** Keep a fact beside the receipts. */
  note(place: Place, kind: string, text: string, tag: Uint8Array = NO_TAG, receipt = 0): Promise<StoredNote> {
    return this.once(async () => {
      const made = await this.makeNote(place, kind, text, tag, receipt);
      await append(this.db, { notes: [made] });
      this.notes.push(made);
      return made;
    });
  }

  /** One after another: two quick taps never sign the same number. */
  private once<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => {});
    return done;
  }

  private async sign(draft: Draft): Promise<Entry> {
    const { place, tag, proof } = draft;
    if (place.book.count(tag) !== draft.after) throw new Stale();
    const device = this.device as Device;
    const cycle = place.cycle.cycle;
    const chain = this.entries.get(cycle) ?? [];
    // A phone that lost its outbox goes on after what the server has of its chain.
    const before = chain.at(-1) ?? { sequence: place.cycle.head.receipts, hash: place.cycle.head.hash };
    const sequence = before.sequence + 1;
    const items = Object.entries(nonzero(draft.items));
    const { raw, hash } = await writeReceipt(
      {
        sequence, previous: before.hash, programme: device.programme, cycle, point: place.point.point, device: device.name, tag, proof,
        items, clerk: this.settings.clerk,
      },
      signerOf(device),
    );
    const reason = typeof proof === "string" ? proof : null;
    const at = this.clock();
    const entry: Entry = { cycle, sequence, point: place.point.point, tag, hash, raw, items, reason, fromReserve: draft.fromReserve ?? false, at };
    const notes: StoredNote[] = [];
    for (const { kind, text } of draft.notes ?? []) notes.push(await this.makeNote(place, kind, text, tag, sequence, notes.length));
    await append(this.db, { receipts: [entry], notes });
    chain.push(entry);
    this.entries.set(cycle, chain);
    this.bookOf(cycle, entry.point).enter(entry);
    this.notes.push(...notes);
    return entry;
  }

  private async makeNote(place: Place, kind: string, text: string, tag: Uint8Array, receipt: number, before = 0): Promise<StoredNote> {
    const device = this.device as Device;
    const sequence = (this.notes.at(-1)?.sequence ?? 0) + 1 + before;
    const [cycle, point, at] = [place.cycle.cycle, place.point.point, this.clock()];
    const raw = await writeNote(
      { sequence, programme: device.programme, cycle, point, device: device.name, tag, kind, text, receipt, at }, signerOf(device),
    );
    return { sequence, cycle, point, tag, kind, text, raw, at };
  }
}

function placeKey(cycle: string, point: string): string {
  return `${cycle}\n${point}`;
}
