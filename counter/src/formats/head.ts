/** Other things a device signs, or the server signs for it: heads of its chain, counts, notes, calls. */

import * as cbor from "./cbor";
import { arrayOf, parse, sign1, verify, type Signer } from "./cose";
import { base64url, sha256, type Bytes } from "./bytes";

/** The end of a device's chain: number of receipts, hash of the last one (null if there is none). */
export interface Head {
  readonly programme: string;
  readonly cycle: string;
  readonly device: string;
  readonly receipts: number;
  readonly hash: Uint8Array | null;
}

export function writeHead(head: Head, signer: Signer): Promise<Bytes> {
  return sign1(["evenhand/head/v1", head.programme, head.cycle, head.device, head.receipts, head.hash], signer);
}

/** The head of these bytes if `publicKey` signed it, else null. */
export async function readHead(data: Uint8Array, publicKey: Uint8Array): Promise<Head | null> {
  const signed = parse(data);
  const [name, programme, cycle, device, receipts, hash, ...rest] = arrayOf(signed);
  const texts = typeof programme === "string" && typeof cycle === "string" && typeof device === "string";
  if (name !== "evenhand/head/v1" || rest.length || !texts || typeof receipts !== "number") return null;
  const last = hash instanceof Uint8Array && hash.length === 32 ? hash : null;
  if ((last === null) !== (receipts === 0) || (hash !== null && !last)) return null;
  if (!(await verify(signed, publicKey))) return null;
  return { programme, cycle, device, receipts, hash: last };
}

/** A point's signed count: steps at hand by benefit. */
export function writeCount(
  programme: string, cycle: string, point: string, counted: ReadonlyMap<string, number>, signer: Signer,
): Promise<Bytes> {
  return sign1(["evenhand/count/v1", programme, cycle, point, new Map<cbor.Key, cbor.Value>(counted)], signer);
}

/** A fact beside the receipts: who collected, a complaint, a difference in stock. */
export interface Note {
  readonly sequence: number;
  readonly programme: string;
  readonly cycle: string;
  readonly point: string;
  readonly device: string;
  readonly tag: Uint8Array;
  readonly kind: string;
  readonly text: string;
  /** Sequence of the receipt it belongs to; 0 for none. */
  readonly receipt: number;
  readonly at: number;
}

export function writeNote(n: Note, signer: Signer): Promise<Bytes> {
  return sign1(
    ["evenhand/note/v1", n.sequence, n.programme, n.cycle, n.device, n.point, n.tag, n.kind, n.text, n.receipt, n.at],
    signer,
  );
}

/** The header that says which device calls and for what. `path` is what stands in the request, with its query. */
export async function callHeader(
  origin: string, device: string, method: string, path: string, body: Uint8Array, at: number, signer: Signer,
): Promise<string> {
  return base64url(await sign1(["evenhand/call/v1", origin, device, method, path, await sha256(body), at], signer));
}

/** The six digits that phone and officer compare at enrolment. */
export async function enrolDigits(token: Uint8Array, publicKey: Uint8Array): Promise<string> {
  const digest = await sha256(cbor.dumps(["evenhand/enrol/v1", await sha256(token), publicKey]));
  const number = new DataView(digest.buffer).getBigUint64(0) % 1_000_000n;
  return String(number).padStart(6, "0");
}
