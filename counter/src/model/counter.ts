/**
 * The counter: the phone as the device that holds its points. Everything it knows lies in the database of the browser;
 * this is that in memory, and the only place that writes receipts. Nothing here asks the network or the screen.
 */

import { hex, type Bytes } from "../formats/bytes";
import type { Signer } from "../formats/cose";
import { Roll, RollError } from "../formats/roll";
import { write as writeReceipt } from "../formats/receipt";
import { writeNote } from "../formats/head";
import { tagOf } from "../formats/tag";
import { ordered } from "../flow/custody";
import { read as readRelease, type Signed } from "../formats/release";
import { readFactors, type FactorRow } from "../flow/factor";
import { nonzero, NO_TAG, type Presented } from "../flow/decide";
import { append, kept, put, type Db, type Device, type Entry, type Heard, type Settings, type StoredCount, type StoredNote, type StoredRelease } from "../store/db";
import { Book, UNDONE } from "./book";
import { readCarried, readState, type CycleState, type State } from "./heard";
import { found } from "./visits";
import { Stale, type Draft, type Found, type Place } from "./place";

export const SETTINGS: Settings = { language: "", clerk: "", sound: true, printer: "", printAll: false, packs: {}, notesSent: 0 };

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
  releases = new Map<string, StoredRelease & { signed: Signed }>();
  private factors = new Map<string, { sha256: Uint8Array; rows: Map<string, FactorRow> }>();
  private carried = new Map<string, CycleState>();
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
    const [device, heard, settings, rolls, entries, counts, notes, acknowledged, closes, releases, carried, factors] = await Promise.all([
      kept<Device>(this.db, "device"), kept<Heard>(this.db, "heard"), kept<Settings>(this.db, "settings"), this.db.getAll("rolls"),
      this.db.getAll("outbox"), this.db.getAll("counts"), this.db.getAll("notes"), this.db.getAll("acknowledged"), this.db.getAll("closes"),
      this.db.getAll("releases"), this.db.getAll("carried"), this.db.getAll("factors"),
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
        const start = performance.now();
        this.rolls.set(placeKey(roll.cycle, roll.point), Roll.read(roll.raw));
        performance.measure("roll", { start }); // benchmarks read it
      } catch (error) {
        if (!(error instanceof RollError)) throw error; // a spoiled roll is fetched again
      }
    }
    this.notes = notes;
    this.acknowledged = new Map(acknowledged.map(({ cycle, receipts }) => [cycle, receipts]));
    this.closed = new Set(closes.map(({ cycle }) => cycle));
    this.carried = new Map(carried.map(({ cycle, point, raw }) => [placeKey(cycle, point), readCarried(raw)]));
    this.factors = new Map(factors.map(({ cycle, point, sha256, raw }) => [placeKey(cycle, point), { sha256, rows: readFactors(raw, hex) }]));
    this.releases = new Map();
    for (const one of releases) this.releases.set(one.id, { ...one, signed: await readRelease(one.raw) });
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
    const cycles = this.state?.cycles ?? [];
    const here = new Set(cycles.flatMap((cycle) => cycle.points.map(({ point }) => placeKey(cycle.cycle, point))));
    const carried = [...this.carried].filter(([name]) => this.state && !here.has(name)).map(([, cycle]) => cycle);
    const releases = ordered([...this.releases.values()].map(({ signed }) => signed));
    const me = this.device?.name ?? "";
    this.places = [...cycles, ...carried].flatMap((cycle) =>
      cycle.points.map((point) => {
        const name = placeKey(cycle.cycle, point.point);
        const roll = this.rolls.get(name)?.with([...point.supplements.flatMap(([, rows]) => rows), ...point.guests]) ?? null;
        return {
          me, cycle, point, roll, count: this.counts.get(name) ?? null, book: this.bookOf(cycle.cycle, point.point),
          releases: releases.filter((one) => one.cycle === cycle.cycle && one.point === point.point),
        };
      }),
    );
  }

  /** Keep a release: on the disk when this returns. */
  async keepRelease(signed: Signed, sent: boolean): Promise<void> {
    const id = hex(signed.hash);
    const known = this.releases.get(id);
    if (known && (known.sent || !sent)) return;
    const one = { id, cycle: signed.cycle, point: signed.point, raw: signed.raw, sent, at: known?.at ?? this.clock() };
    await put(this.db, "releases", one);
    this.releases.set(id, { ...one, signed });
    this.arrange();
  }

  /** Take in the releases the server knows of. */
  async learnReleases(): Promise<void> {
    const told = (this.state?.cycles ?? []).flatMap(({ points }) => points.flatMap(({ releases }) => releases));
    for (const raw of told) await this.keepRelease(await readRelease(raw), true);
  }

  /** Keep what is asked of the rows of a place. */
  async keepFactors(place: Place, sha256: Uint8Array, raw: Uint8Array): Promise<void> {
    const [cycle, point] = [place.cycle.cycle, place.point.point];
    const rows = readFactors(raw, hex);
    await put(this.db, "factors", { cycle, point, sha256, raw });
    this.factors.set(placeKey(cycle, point), { sha256, rows });
  }

  factorsOf(place: Place): { sha256: Uint8Array; rows: Map<string, FactorRow> } | null {
    return place.point.factors ? (this.factors.get(placeKey(place.cycle.cycle, place.point.point)) ?? null) : null;
  }

  /** What is asked of a row; null where it enrolled nothing. */
  factorOf(place: Place, tag: Uint8Array): FactorRow | null {
    return this.factorsOf(place)?.rows.get(hex(tag)) ?? null;
  }

  /** A wrong answer more: how many there were for this row in this cycle. */
  async tried(place: Place, tag: Uint8Array, more: boolean): Promise<number> {
    const name = `${place.cycle.cycle}\n${hex(tag)}`;
    const before = (await this.db.get("tries", name)) ?? 0;
    if (more) await put(this.db, "tries", before + 1, name);
    return before + Number(more);
  }

  async photo(row: FactorRow): Promise<Uint8Array | null> {
    return row.photo ? ((await this.db.get("photos", hex(row.photo))) ?? null) : null;
  }

  /** Keep a cycle that another phone showed: it stands until the server speaks of it. */
  async keepCarried(raw: Uint8Array): Promise<void> {
    const cycle = readCarried(raw);
    for (const { point } of cycle.points) {
      await put(this.db, "carried", { cycle: cycle.cycle, point, raw });
      this.carried.set(placeKey(cycle.cycle, point), cycle);
    }
    this.arrange();
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

  /** Whose card has this mark; without a coupon. */
  byMark(mark: Uint8Array, here: Place, reason: string): Found | null {
    return this.search(here, (roll) => roll.byMark(mark), { exception: reason });
  }

  private search(here: Place, find: (roll: Roll) => number, presented: Presented): Found | null {
    for (const place of [here, ...this.places]) {
      const index = place.roll && this.mayGive(place) ? find(place.roll) : -1;
      if (index >= 0) return found(place, index, presented);
    }
    return null;
  }

  /** Whether food may be handed out there now. */
  mayGive(place: Place): boolean {
    return Boolean(place.roll) && place.cycle.open && !place.point.closed && !this.closed.has(place.cycle.cycle);
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
    const entry: Entry = { cycle, sequence, point: place.point.point, tag, hash, raw, items, reason, fromReserve: draft.fromReserve ?? false, at,
      ...(draft.supplementary ? { supplementary: true } : {}) };
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
