/**
 * The roll as its holder gets it (spec/counter-api.md). Kept as its bytes; an index of tags and card numbers says where
 * each row begins, and a row is read when somebody comes: 5,000 rows are ready in one pass over the bytes.
 */

import { CborError, Reader, type Key, type Value } from "./cbor";
import { concat, hex, sha256, type Bytes } from "./bytes";
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
}

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
  ) {}

  get size(): number {
    return this.starts.length;
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
        if (width !== 7 && width !== 8) throw new RollError(`not a roll: row ${row + 1} has another form`);
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
    return this.tags.get(key(tag)) ?? -1;
  }

  byCard(card: string): number {
    return this.cards.get(card) ?? -1;
  }

  row(index: number): RollRow {
    const reader = new Reader(this.raw, this.starts[index]);
    const [tag, card, name, members, rations, carry, ladders, proxies = []] = reader.value() as Value[];
    const lists = [rations, carry, ladders] as Value[][];
    if (lists.some((list) => !Array.isArray(list) || list.length !== this.benefits.length)) {
      throw new RollError(`row ${hex(tag as Uint8Array)} does not have one number for each benefit`);
    }
    return { tag, card, name, members, rations, carry, ladders, proxies } as unknown as RollRow;
  }

  *rows(): Generator<RollRow> {
    for (let index = 0; index < this.size; index++) yield this.row(index);
  }

  /** SHA-256 of all tags in order: what the log's entry of the roll says, so that nobody is left off silently. */
  tagsSha256(): Promise<Bytes> {
    return sha256(concat(...[...this.tags.keys()].map((tag) => Uint8Array.from(tag, (one) => one.charCodeAt(0)))));
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
