/**
 * The roll as its holder gets it: CBOR [1, programme, cycle, point, seed, benefits, rows], rows sorted by tag. Kept as
 * its bytes; an index of tags and card numbers says where each row begins, and a row is read when somebody comes.
 */

import { CborError, Reader, type Value } from "./cbor";
import { hex } from "./bytes";
import type { Level } from "../flow/recut";

export class RollError extends Error {}

/** What a roll says of one benefit at its point, as planned. */
export interface RollBenefit {
  readonly id: string;
  readonly step: number;
  readonly level: Level;
  readonly units: number;
  readonly reserve: number;
}

export interface RollRow {
  readonly tag: Uint8Array;
  readonly card: string;
  readonly name: string | null;
  readonly members: number;
  /** By benefit, in the order of the roll: steps as planned, arrears in millionths of a step, base units a rung. */
  readonly rations: readonly number[];
  readonly carry: readonly number[];
  readonly ladders: readonly (readonly number[])[];
  readonly proxies: readonly string[];
}

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

  /** Read a roll. RollError if the bytes are none, are not sorted, or name a tag or a card twice. */
  static read(raw: Uint8Array): Roll {
    try {
      return Roll.scan(raw);
    } catch (error) {
      if (error instanceof CborError || error instanceof SyntaxError) throw new RollError(`not a roll: ${error.message}`);
      throw error;
    }
  }

  private static scan(raw: Uint8Array): Roll {
    const reader = new Reader(raw);
    if (reader.array() !== 7 || reader.value() !== 1) throw new RollError("not a roll of version 1");
    const [programme, cycle, point, seed] = [reader.text(), reader.text(), reader.text(), reader.bytes()];
    const benefits = (reader.value() as Value[]).map(readBenefit);
    if (seed.length !== 32) throw new RollError("not a roll: its seed is not 32 bytes");
    const starts = new Uint32Array(reader.array());
    const tags = new Map<string, number>();
    const cards = new Map<string, number>();
    let before = "";
    for (let row = 0; row < starts.length; row++) {
      starts[row] = reader.at;
      if (reader.array() !== 8) throw new RollError(`not a roll: row ${row + 1} has another form`);
      const tag = key(reader.bytes());
      if (tag.length !== 16 || tag <= before) throw new RollError("not a roll: its rows are not sorted by tag");
      before = tag;
      tags.set(tag, row);
      cards.set(reader.text(), row);
      for (let left = 6; left > 0; left--) reader.skip();
    }
    if (cards.size !== starts.length) throw new RollError("not a roll: a card stands twice");
    if (reader.at !== raw.length) throw new RollError("not a roll: bytes follow it");
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
    const [tag, card, name, members, rations, carry, ladders, proxies] = new Reader(this.raw, this.starts[index]).value() as Value[];
    const width = this.benefits.length;
    const lists = [rations, carry, ladders] as number[][];
    if (lists.some((list) => !Array.isArray(list) || list.length !== width)) {
      throw new RollError(`row ${hex(tag as Uint8Array)} does not have one number for each benefit`);
    }
    return { tag, card, name, members, rations, carry, ladders, proxies } as unknown as RollRow;
  }

  *rows(): Generator<RollRow> {
    for (let index = 0; index < this.size; index++) yield this.row(index);
  }
}

/** A tag as the key of a Map: a text of its bytes sorts as the bytes do. */
function key(tag: Uint8Array): string {
  return String.fromCharCode(...tag);
}

function readBenefit(value: Value): RollBenefit {
  const [id, step, rungs, num, den, units, reserve] = value as [string, number, number, string, string, number, number];
  const numbers = [step, rungs, units, reserve].every((one) => Number.isSafeInteger(one) && one >= 0);
  const level = { rungs: BigInt(rungs), num: BigInt(num), den: BigInt(den) };
  if (typeof id !== "string" || !numbers || step < 1 || level.den < 1n || level.num < 0n) throw new RollError("not a roll: a benefit has another form");
  return { id, step, level, units, reserve };
}
