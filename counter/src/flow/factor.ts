/** The second factor: when it is asked for, how it is tested here, what a visit then proves. Bound by spec/cases/factors.json. */

import * as cbor from "../formats/cbor";
import { concat, equal, sha256, utf8, type Bytes } from "../formats/bytes";
import type { Presented } from "./decide";

export type Factor = "none" | "pin" | "question" | "photo";
/** It fits; it could not be given or tested; it does not fit. */
export type Result = "held" | "none" | "differs";

export const NO_FACTOR = "no second factor";
export const DIFFERS = "factor differs";
/** Wrong answers for a row on this phone in a cycle; then it is `differs`, and the household is served all the same. */
export const TRIES = 3;

const DOMAIN = "evenhand/factor/v1";
const ROUNDS = 100_000;

/** A proxy is on no photo, and may know the PIN. */
export function isAsked(factor: Factor, enrolled: boolean, proxy: boolean): boolean {
  return factor !== "none" && enrolled && !(factor === "photo" && proxy);
}

/** What a visit with the coupon r comes to. Nobody goes home without food for it. */
export function presented(r: Uint8Array, asked: boolean, result: Result): Presented {
  return !asked || result === "held" ? { r } : { exception: result === "none" ? NO_FACTOR : DIFFERS };
}

/** What counts of a PIN or an answer. */
export function plain(said: string): string {
  const digits = said.normalize("NFKC").replace(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]/g, (digit) => {
    const code = digit.codePointAt(0) as number;
    return String(code - (code >= 0x966 ? 0x966 : code >= 0x6f0 ? 0x6f0 : 0x660));
  });
  return digits.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, "");
}

export async function stretched(said: string, origin: string, programme: string, card: string): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", utf8(plain(said)), "PBKDF2", false, ["deriveBits"]);
  const salt = cbor.dumps([DOMAIN, origin, programme, card]);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, key, 256));
}

/** The key of a factor: of the coupon, or 16 zero bytes where a programme has none. */
export async function keyOf(r: Uint8Array | null): Promise<Bytes> {
  return r ? (await sha256(concat(utf8(DOMAIN), r))).slice(0, 16) : new Uint8Array(16);
}

export async function checkOf(key: Bytes, answer: Uint8Array): Promise<Bytes> {
  const mac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", mac, answer as Bytes)).slice(0, 16);
}

/** What is asked of a row. */
export interface FactorRow {
  readonly check: Uint8Array | null;
  readonly question: string | null;
  /** SHA-256 of the photo. */
  readonly photo: Uint8Array | null;
}

/** The answer to `GET factors`: rows by the hexadecimal of their tags. CborError where it is none. */
export function readFactors(raw: Uint8Array, hex: (tag: Uint8Array) => string): Map<string, FactorRow> {
  const of = cbor.loads(raw);
  const rows = of instanceof Map ? of.get("rows") : null;
  if (!Array.isArray(rows)) throw new cbor.CborError("these are no factors");
  return new Map((rows as [Uint8Array, Uint8Array | null, string | null, Uint8Array | null][]).map(([tag, check, question, photo]) => [hex(tag), { check, question, photo }]));
}

/** Whether what was said is what was enrolled. */
export async function fits(said: string, row: FactorRow, r: Uint8Array | null, origin: string, programme: string, card: string): Promise<boolean> {
  return row.check !== null && equal(await checkOf(await keyOf(r), await stretched(said, origin, programme, card)), row.check);
}
