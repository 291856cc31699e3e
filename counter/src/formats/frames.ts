/** A packet as a series of QRs that one phone shows and another reads (spec/counter-api.md, From phone to phone). */

import { ALPHABET } from "./code";
import { concat, sha256, type Bytes } from "./bytes";

/** Bytes a QR: as many as a cheap camera reads off a small screen. */
const PIECE_MAX = 450;
const COUNT_MAX = 2000;
const UNPACKED_MAX = 8_000_000;
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const FORM = /^EH1:([0-9A-Z]{6}):(\d{1,4}):(\d{1,4}):([0-9A-Z $%*+\-./:]+)$/;

export class FrameError extends Error {}

/** Base 45 (RFC 9285): two bytes as three letters that a QR holds densely. */
export function base45(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const pair = at + 1 < bytes.length;
    let value = pair ? (bytes[at] as number) * 256 + (bytes[at + 1] as number) : (bytes[at] as number);
    for (let left = pair ? 3 : 2; left > 0; left--, value = Math.floor(value / 45)) text += DIGITS[value % 45];
  }
  return text;
}

export function unbase45(text: string): Bytes {
  const found: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const letters = [...text.slice(at, at + 3)].map((one) => DIGITS.indexOf(one));
    const value = letters.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (letters.length < 2 || letters.includes(-1) || value > (letters.length === 3 ? 65535 : 255)) throw new FrameError("not base 45");
    if (letters.length === 3) found.push(value >> 8);
    found.push(value & 255);
  }
  return Uint8Array.from(found);
}

async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Bytes> {
  const reader = new Blob([bytes as Bytes]).stream().pipeThrough(stream).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > UNPACKED_MAX) throw new FrameError("a packet is too large");
    parts.push(next.value);
  }
  return concat(...parts);
}

/** Six letters of what stands in the pieces. */
async function checkOf(packed: Uint8Array): Promise<string> {
  const [a, b, c, d] = (await sha256(packed)) as unknown as [number, number, number, number];
  const number = a * 0x400000 + b * 0x4000 + c * 0x40 + (d >> 2);
  return [5, 4, 3, 2, 1, 0].map((power) => ALPHABET[Math.floor(number / 32 ** power) % 32]).join("");
}

/** The texts of a series of QRs for a packet, each of a size that a phone reads off another one's screen. */
export async function pieces(packet: Uint8Array): Promise<string[]> {
  const packed = await through(packet, new CompressionStream("deflate-raw"));
  const count = Math.max(1, Math.ceil(packed.length / PIECE_MAX));
  const size = Math.ceil(packed.length / count);
  const check = await checkOf(packed);
  return Array.from({ length: count }, (_, at) => `EH1:${check}:${at + 1}:${count}:${base45(packed.subarray(at * size, (at + 1) * size))}`);
}

export function isPiece(text: string): boolean {
  return text.startsWith("EH1:");
}

/** Puts pieces together, in whatever order and however often they are read; one of another packet begins anew. */
export class Collector {
  private check = "";
  private parts: (Bytes | undefined)[] = [];

  get count(): number {
    return this.parts.length;
  }

  get have(): number {
    return this.parts.filter(Boolean).length;
  }

  /** Add a piece; the packet when it is whole, else null. FrameError for what is no piece, or pieces that do not fit. */
  async add(text: string): Promise<Uint8Array | null> {
    const [, check, number, count, letters] = FORM.exec(text) ?? [];
    const [at, all] = [Number(number), Number(count)];
    if (!check || !letters || at < 1 || at > all || all > COUNT_MAX) throw new FrameError("not a piece of a packet");
    if (check !== this.check || all !== this.parts.length) {
      this.check = check;
      this.parts = Array.from({ length: all });
    }
    this.parts[at - 1] ??= unbase45(letters);
    if (this.have < all) return null;
    const packed = concat(...(this.parts as Bytes[]));
    this.parts = [];
    if ((await checkOf(packed)) !== check) throw new FrameError("the pieces do not fit together");
    try {
      return await through(packed, new DecompressionStream("deflate-raw"));
    } catch (error) {
      throw error instanceof FrameError ? error : new FrameError("the packet cannot be unpacked");
    }
  }
}
