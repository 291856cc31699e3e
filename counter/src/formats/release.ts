/** Releases: the signed word of a phone that it gives to some rows no more and another phone of its point does. */

import type * as cbor from "./cbor";
import { arrayOf, parse, sign1, verify, type Signer } from "./cose";
import { compare, sha256, type Bytes } from "./bytes";

export const NAME = "evenhand/release/v1";
export const RANGES_MAX = 500;

/** First and last tag, both included. */
export type Range = readonly [Uint8Array, Uint8Array];

export interface Release {
  /** Orders the releases of a device, from 1. */
  readonly number: number;
  readonly programme: string;
  readonly cycle: string;
  readonly point: string;
  readonly device: string;
  readonly to: string;
  /** Receipts the device had written before it, and the hash of the last; null where there was none. */
  readonly receipts: number;
  readonly head: Uint8Array | null;
  readonly ranges: readonly Range[];
  /** Steps of the reserve that move with the rows. */
  readonly reserve: readonly (readonly [benefit: string, steps: number])[];
}

/** A release as it is kept: its bytes, and their SHA-256. */
export interface Signed extends Release {
  readonly raw: Uint8Array;
  readonly hash: Uint8Array;
}

export class ReleaseError extends Error {}

/** Sign a release. ReleaseError if a part is not what `read` would accept. */
export async function write(r: Release, signer: Signer): Promise<Signed> {
  check(r);
  const { number, programme, cycle, point, device, to, receipts, head, ranges, reserve } = r;
  const said: cbor.Value[] = [NAME, number, programme, cycle, point, device, to, receipts, head, ranges, reserve.map(([id, steps]) => [id, steps])];
  const raw: Bytes = await sign1(said, signer);
  return { ...r, raw, hash: await sha256(raw) };
}

/** The release of these bytes; ReleaseError if they are none, or `publicKey` (where it is known) did not sign them. */
export async function read(raw: Uint8Array, publicKey: Uint8Array | null = null): Promise<Signed> {
  let array: cbor.Value[];
  const signed = (() => {
    try {
      const found = parse(raw);
      array = arrayOf(found);
      return found;
    } catch (error) {
      throw new ReleaseError(`not a release: ${(error as Error).message}`);
    }
  })();
  const [name, number, programme, cycle, point, device, to, receipts, head, ranges, reserve, ...rest] = array!;
  if (name !== NAME || rest.length || reserve === undefined) throw new ReleaseError(`not a release: its payload is not ${NAME}`);
  const found = { number, programme, cycle, point, device, to, receipts, head, ranges, reserve } as unknown as Release;
  check(found);
  if (publicKey && !(await verify(signed, publicKey))) throw new ReleaseError("not a release: another key signed it");
  return { ...found, raw, hash: await sha256(raw) };
}

/** Whether a release moves this tag. */
export function covers(release: Release, tag: Uint8Array): boolean {
  return release.ranges.some(([first, last]) => compare(first, tag) <= 0 && compare(tag, last) <= 0);
}

function check(r: Release): void {
  const isCount = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && (value as number) >= least;
  const isPair = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length === 2;
  const isTag = (value: unknown): boolean => value instanceof Uint8Array && value.length === 16;
  const texts = [r.programme, r.cycle, r.point, r.device, r.to];
  const right =
    isCount(r.number, 1) && isCount(r.receipts, 0) &&
    texts.every((text) => typeof text === "string" && text && [...text].length <= 64 && !/[\u0000-\u001f\u007f-\u009f]/.test(text)) &&
    r.device !== r.to &&
    (r.head === null) === (r.receipts === 0) && (r.head === null || (r.head instanceof Uint8Array && r.head.length === 32)) &&
    Array.isArray(r.ranges) && r.ranges.length >= 1 && r.ranges.length <= RANGES_MAX &&
    r.ranges.every((pair) => isPair(pair) && pair.every(isTag) && compare(pair[0] as Uint8Array, pair[1] as Uint8Array) <= 0) &&
    Array.isArray(r.reserve) && r.reserve.every((pair) => isPair(pair) && typeof pair[0] === "string" && isCount(pair[1], 0)) &&
    new Set(r.reserve.map(([benefit]) => benefit)).size === r.reserve.length;
  if (!right) throw new ReleaseError("not a release: a part of it is none");
}
