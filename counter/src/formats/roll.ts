/**
 * The roll as its holder gets it (spec/counter-api.md). Kept as its bytes; an index of tags and card numbers says where
 * each row begins, and a row is read when somebody comes: 5,000 rows are ready in one pass over the bytes.
 */

import { CborError, Reader, type Key, type Value } from "./cbor";
import { concat, equal, hex, sha256, type Bytes } from "./bytes";
import type { Level } from "../flow/recut";

export class RollError extends Error {}

/** What a roll says of one benefit at its point, as planned; units and reserve are null where it is not divided. */
export interface RollBenefit {
  readonly id: string;
  readonly step: number;
  readonly level: Level;
  readonly units: number | null;
  readonly reserve: number | null;
}

export interface RollRow {
  readonly tag: Uint8Array;
  readonly card: string;
  readonly name: string | null;
  readonly members: number;
  /** By benefit, in the order of the roll: steps as planned, arrears in millionths of a step, base units a rung. */
  readonly rations: readonly number[];
  readonly carry: readonly (number | bigint)[];
  readonly ladders: readonly (readonly (number | bigint)[])[];
  /** Who may collect besides the household; an older server sends none. */
  readonly proxies: readonly string[];
  /** The first bytes of its card's mark; null where no card is known. */
  readonly mark: Uint8Array | null;
  /** Of a row that is here from another roll, or came back: the point of that roll, and steps given so far elsewhere. */
  readonly home: string | null;
  readonly given: readonly number[] | null;
}

/** A row from its array, of a roll or of a supplementary list. */
export function readRow(value: readonly Value[]): RollRow {
  const [tag, card, name, members, rations, carry, ladders, proxies = [], facts] = value;
  const fact = (name: string): Value => (facts instanceof Map ? (facts.get(name) ?? null) : null);
  const [mark, home, given] = [fact("card"), fact("home"), fact("given")];
  return { tag, card, name, members, rations, carry, ladders, proxies, mark, home, given } as unknown as RollRow;
}

/** Of a mark as much as the roll has. */
const MARK = 5;

const FIELDS = ["benefits", "cycle", "point", "programme", "seed", "version"];

export class Roll {
  private constructor(
    readonly raw: Uint8Array,
    readonly programme: string,
    readonly cycle: string,
    readonly point: string,
    readonly seed: Uint8Array,
    readonly benefits: readonly RollBenefit[],
    private readonly starts: Uint32Array,
    private readonly tags: ReadonlyMap<string, number>,
    private readonly cards: ReadonlyMap<string, number>,
    private readonly more: readonly RollRow[] = [],
  ) {}

  /** Rows of the roll and of its supplementary lists; these come last. */
  get size(): number {
    return this.starts.length + this.more.length;
  }

  /** Rows of the roll itself. */
  get own(): number {
    return this.starts.length;
  }

  /** The same roll with rows that stand beside it behind its own: of supplementary lists, and guests of other rolls. */
  with(rows: readonly RollRow[]): Roll {
    if (!rows.length && !this.more.length) return this;
    const { raw, programme, cycle, point, seed, benefits, starts, tags, cards } = this;
    const right = rows.filter((row) => row.rations.length === benefits.length && (row.home !== null || !tags.has(key(row.tag))));
    return new Roll(raw, programme, cycle, point, seed, benefits, starts, tags, cards, right);
  }

  /** Whether a row is of a supplementary list: its ration is final and comes from the reserve. */
  isSupplementary(index: number): boolean {
    return this.more[index - this.starts.length]?.home === null;
  }

  /** Read a roll. RollError if the bytes are none, rows are not sorted, or a tag or a card stands twice. */
  static read(raw: Uint8Array): Roll {
    try {
      return Roll.scan(raw);
    } catch (error) {
      if (error instanceof CborError || error instanceof SyntaxError || error instanceof TypeError) {
        throw new RollError(`not a roll: ${error.message}`);
      }
      throw error;
    }
  }

  private static scan(raw: Uint8Array): Roll {
    const reader = new Reader(raw);
    const fields = new Map<Key, Value>();
    let starts = new Uint32Array();
    const tags = new Map<string, number>();
    const cards = new Map<string, number>();
    for (let left = reader.map(); left > 0; left--) {
      const name = reader.text();
      if (name !== "rows") {
        fields.set(name, reader.value());
        continue;
      }
      starts = new Uint32Array(reader.array());
      let before = "";
      for (let row = 0; row < starts.length; row++) {
        starts[row] = reader.at;
        const width = reader.array();
        if (width < 7 || width > 9) throw new RollError(`not a roll: row ${row + 1} has another form`);
        const tag = key(reader.bytes());
        if (tag.length !== 16 || tag <= before) throw new RollError("not a roll: its rows are not sorted by tag");
        before = tag;
        tags.set(tag, row);
        cards.set(reader.text(), row);
        for (let rest = width - 2; rest > 0; rest--) reader.skip();
      }
    }
    if (reader.at !== raw.length) throw new RollError("not a roll: bytes follow it");
    if (fields.get("version") !== 1) throw new RollError("not a roll of version 1");
    if (FIELDS.some((name) => !fields.has(name))) throw new RollError("not a roll: a part is missing");
    if (cards.size !== starts.length) throw new RollError("not a roll: a card stands twice");
    const [programme, cycle, point] = ["programme", "cycle", "point"].map((name) => fields.get(name));
    const seed = fields.get("seed");
    if (typeof programme !== "string" || typeof cycle !== "string" || typeof point !== "string") throw new RollError("not a roll: it is of no point");
    if (!(seed instanceof Uint8Array) || seed.length !== 32) throw new RollError("not a roll: its seed is not 32 bytes");
    const benefits = (fields.get("benefits") as Value[]).map(readBenefit);
    return new Roll(raw, programme, cycle, point, seed, benefits, starts, tags, cards);
  }

  /** The index of a row by tag or card number; -1 if there is none. */
  byTag(tag: Uint8Array): number {
    return this.behind((row) => equal(row.tag, tag)) ?? this.tags.get(key(tag)) ?? -1;
  }

  byCard(card: string): number {
    return this.behind((row) => row.card === card) ?? this.cards.get(card) ?? -1;
  }

  /** The index of the row whose card has this mark (16 bytes); -1 if there is none. Cards are rarely scanned: one pass. */
  byMark(mark: Uint8Array): number {
    const start = mark.subarray(0, MARK);
    for (let index = this.size - 1; index >= 0; index--) { // what stands beside the roll first
      const found = this.row(index).mark;
      if (found && equal(found, start)) return index;
    }
    return -1;
  }

  /** What stands beside the roll comes first: a row that came back is no longer the one of the roll. */
  private behind(fits: (row: RollRow) => boolean): number | undefined {
    const at = this.more.findIndex(fits);
    return at < 0 ? undefined : this.starts.length + at;
  }

  row(index: number): RollRow {
    const behind = this.more[index - this.starts.length];
    if (behind) return behind;
    const row = readRow(new Reader(this.raw, this.starts[index]).value() as Value[]);
    const lists = [row.rations, row.carry, row.ladders];
    if (lists.some((list) => !Array.isArray(list) || list.length !== this.benefits.length)) {
      throw new RollError(`row ${hex(row.tag)} does not have one number for each benefit`);
    }
    return row;
  }

  /** The roll's own rows, as committed. */
  *rows(): Generator<RollRow> {
    for (let index = 0; index < this.starts.length; index++) yield this.row(index);
  }

  /** The tags of the roll's own rows, in order. */
  tagList(): Bytes[] {
    return [...this.tags.keys()].map((tag) => Uint8Array.from(tag, (one) => one.charCodeAt(0)));
  }

  /** SHA-256 of all tags in order: what the log's entry of the roll says, so that nobody is left off silently. */
  tagsSha256(): Promise<Bytes> {
    return sha256(concat(...this.tagList()));
  }
}

/** A tag as the key of a Map: a text of its bytes sorts as the bytes do. */
export function key(tag: Uint8Array): string {
  return String.fromCharCode(...tag);
}

function readBenefit(value: Value): RollBenefit {
  const of = value as ReadonlyMap<Key, Value>;
  const [id, step, units, reserve, rungs, num, den] = ["id", "step_base", "units", "reserve", "rungs", "num", "den"].map((name) => of.get(name));
  const level = { rungs: BigInt(rungs as number), num: BigInt(num as string), den: BigInt(den as string) };
  const counts = [units, reserve].every((one) => one === null || isCount(one));
  if (typeof id !== "string" || !isCount(step) || !step || !counts || level.den < 1n || level.num < 0n) {
    throw new RollError("not a roll: a benefit has another form");
  }
  return { id, step: step as number, level, units: units as number | null, reserve: reserve as number | null };
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
