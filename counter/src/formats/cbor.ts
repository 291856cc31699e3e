/**
 * Canonical CBOR, the subset of RFC 8949 section 4.2.1 that Evenhand writes (spec/formats.md). Integers are read as
 * numbers as far as those are exact, and as bigints beyond; both are written. A map is a Map. Its keys are texts or
 * integers.
 */

import { compare, concat, utf8, type Bytes } from "./bytes";

export type Key = string | number | bigint;
export type Value = null | boolean | number | bigint | string | Uint8Array | readonly Value[] | ReadonlyMap<Key, Value>;

export const DEPTH_MAX = 32;
const LIMIT = 1n << 64n;

/** Bytes that are not canonical CBOR of the subset, or a value the subset cannot hold. */
export class CborError extends Error {}

/** The head of an item of `major` type, as short as it goes. */
function head(major: number, value: number | bigint): Bytes {
  const first = major << 5;
  if (value < 24) return Uint8Array.of(first | Number(value));
  if (value < 0x100) return Uint8Array.of(first | 24, Number(value));
  if (value < 0x10000) {
    const number = Number(value);
    return Uint8Array.of(first | 25, number >> 8, number & 255);
  }
  if (value < 0x100000000) {
    const made = new Uint8Array(5);
    made[0] = first | 26;
    new DataView(made.buffer).setUint32(1, Number(value));
    return made;
  }
  const long = BigInt(value);
  if (long >= LIMIT) throw new CborError(`${long} does not fit in 64 bits`);
  const made = new Uint8Array(9);
  made[0] = first | 27;
  new DataView(made.buffer).setBigUint64(1, long);
  return made;
}

/** The one encoding of `value`. */
export function dumps(value: Value): Bytes {
  return dump(value, 0);
}

function dump(value: Value, depth: number): Bytes {
  if (depth > DEPTH_MAX) throw new CborError("nested too deep");
  if (value === null) return Uint8Array.of(0xf6);
  if (value === false) return Uint8Array.of(0xf4);
  if (value === true) return Uint8Array.of(0xf5);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new CborError(`${value} is not a number that is exact here`);
    return value >= 0 ? head(0, value) : head(1, -1 - value);
  }
  if (typeof value === "bigint") return value >= 0n ? head(0, value) : head(1, -1n - value);
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new CborError("a text holds half a surrogate pair");
    const text = utf8(value);
    return concat(head(3, text.length), text);
  }
  if (value instanceof Uint8Array) return concat(head(2, value.length), value);
  if (Array.isArray(value)) return concat(head(4, value.length), ...value.map((item) => dump(item, depth + 1)));
  if (value instanceof Map) {
    const pairs = [...(value as Map<Key, Value>)].map(([key, item]) => {
      if (!["string", "number", "bigint"].includes(typeof key)) throw new CborError("a map key is neither a number nor a text");
      return [dump(key, depth + 1), dump(item, depth + 1)] as const;
    });
    pairs.sort((a, b) => compare(a[0], b[0]));
    if (pairs.some(([key], at) => at && compare(key, (pairs[at - 1] as readonly [Bytes, Bytes])[0]) === 0)) {
      throw new CborError("a map key stands twice");
    }
    return concat(head(5, pairs.length), ...pairs.flat());
  }
  throw new CborError("CBOR here has no such value");
}

/** The value of exactly these bytes. CborError if they are not canonical or something follows. */
export function loads(data: Uint8Array): Value {
  const reader = new Reader(data);
  const value = reader.value();
  if (reader.at !== data.length) throw new CborError("bytes follow the value");
  return value;
}

/** The items of a CBOR sequence, each as its bytes. CborError where it breaks off. */
export function sequence(data: Uint8Array): Uint8Array[] {
  const reader = new Reader(data);
  const found: Uint8Array[] = [];
  while (reader.at < data.length) {
    const start = reader.at;
    reader.value();
    found.push(data.subarray(start, reader.at));
  }
  return found;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads items one after another; strict. `array`, `bytes`, `text`, `int` read one item of a known type without
 * building what stands around it. */
export class Reader {
  at = 0;
  constructor(
    private readonly data: Uint8Array,
    start = 0,
  ) {
    this.at = start;
  }

  private byte(): number {
    const byte = this.data[this.at];
    if (byte === undefined) throw new CborError("the bytes end too early");
    this.at += 1;
    return byte;
  }

  /** The number in the head whose first byte was `first`. */
  private number(first: number): number | bigint {
    const code = first & 31;
    if (code < 24) return code;
    if (code > 27) throw new CborError("indefinite lengths have no place here");
    const size = 1 << (code - 24);
    if (this.at + size > this.data.length) throw new CborError("the bytes end too early");
    let number = 0;
    for (let left = Math.min(size, 4); left > 0; left--) number = number * 256 + this.byte();
    if (size === 8) {
      if (number === 0) throw new CborError("a number is not written in its shortest form");
      let low = 0;
      for (let left = 4; left > 0; left--) low = low * 256 + this.byte();
      return number < 0x200000 ? number * 0x100000000 + low : (BigInt(number) << 32n) | BigInt(low);
    }
    if (number < (size === 1 ? 24 : 2 ** (4 * size))) throw new CborError("a number is not written in its shortest form");
    return number;
  }

  private length(first: number, most: number): number {
    const number = this.number(first);
    if (number > most) throw new CborError("the bytes end too early");
    return Number(number);
  }

  private slice(first: number): Uint8Array {
    const length = this.length(first, this.data.length - this.at);
    if (this.at + length > this.data.length) throw new CborError("the bytes end too early");
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }

  value(depth = 0): Value {
    if (depth > DEPTH_MAX) throw new CborError("nested too deep");
    const first = this.byte();
    switch (first >> 5) {
      case 0:
        return this.number(first);
      case 1: {
        const number = this.number(first);
        if (typeof number === "number" && number < Number.MAX_SAFE_INTEGER) return -1 - number;
        return -1n - BigInt(number);
      }
      case 2:
        return this.slice(first);
      case 3:
        return this.decoded(this.slice(first));
      case 4: {
        const items: Value[] = [];
        for (let left = this.length(first, this.data.length); left > 0; left--) items.push(this.value(depth + 1));
        return items;
      }
      case 5:
        return this.pairs(this.length(first, this.data.length), depth);
      case 7:
        if (first === 0xf4) return false;
        if (first === 0xf5) return true;
        if (first === 0xf6) return null;
        throw new CborError("floats and other simple values have no place here");
      default:
        throw new CborError("tags have no place here");
    }
  }

  private decoded(raw: Uint8Array): string {
    try {
      return decoder.decode(raw);
    } catch {
      throw new CborError("a text is not UTF-8");
    }
  }

  private pairs(count: number, depth: number): Map<Key, Value> {
    const found = new Map<Key, Value>();
    let before: Uint8Array = new Uint8Array();
    for (let left = count; left > 0; left--) {
      const start = this.at;
      const key = this.value(depth + 1);
      const encoded = this.data.subarray(start, this.at);
      if (before.length && compare(encoded, before) <= 0) throw new CborError("map keys are not in order");
      if (typeof key !== "string" && typeof key !== "number" && typeof key !== "bigint") {
        throw new CborError("a map key is neither a number nor a text");
      }
      before = encoded;
      found.set(key, this.value(depth + 1));
    }
    return found;
  }

  private typed(major: number, name: string): number {
    const first = this.byte();
    if (first >> 5 !== major) throw new CborError(`${name} should stand here`);
    return first;
  }

  /** The count of items of an array that begins here. */
  array(): number {
    return this.length(this.typed(4, "a list"), this.data.length);
  }

  /** The count of pairs of a map that begins here. */
  map(): number {
    return this.length(this.typed(5, "a map"), this.data.length);
  }

  bytes(): Uint8Array {
    return this.slice(this.typed(2, "bytes"));
  }

  text(): string {
    return this.decoded(this.slice(this.typed(3, "a text")));
  }

  /** Passes over one item without building it; it must be well formed. */
  skip(): void {
    let left = 1;
    while (left > 0) {
      left -= 1;
      const first = this.byte();
      const major = first >> 5;
      if (major <= 1) this.number(first);
      else if (major <= 3) this.slice(first);
      else if (major === 4) left += this.length(first, this.data.length);
      else if (major === 5) left += 2 * this.length(first, this.data.length);
      else if (major === 6 || first < 0xf4 || first > 0xf6) throw new CborError("floats, tags and simple values have no place here");
    }
  }
}
