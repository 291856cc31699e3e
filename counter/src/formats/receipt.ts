/** Receipts: what a device signs each time it hands something over, one chain for each (cycle, device). */

import * as cbor from "./cbor";
import { arrayOf, CoseError, parse, sign1, type Signed, type Signer } from "./cose";
import { sha256, type Bytes } from "./bytes";

export const NAME = "evenhand/receipt/v1";
const TEXT_MAX = 64;

export type Items = readonly (readonly [benefit: string, steps: number])[];

export interface Receipt {
  readonly sequence: number;
  readonly previous: Uint8Array | null;
  readonly programme: string;
  readonly cycle: string;
  readonly point: string;
  readonly device: string;
  readonly tag: Uint8Array;
  /** r of a coupon (16 bytes), or the reason of an exception. */
  readonly proof: Uint8Array | string;
  readonly items: Items;
  readonly clerk: string;
}

export class ReceiptError extends Error {}

/** The receipt as a COSE_Sign1 by its device, and its hash. ReceiptError if a field is not what `read` would accept. */
export async function write(receipt: Receipt, signer: Signer): Promise<{ raw: Bytes; hash: Bytes }> {
  check(receipt);
  const { sequence, previous, programme, cycle, point, device, tag, proof, items, clerk } = receipt;
  const pairs = items.map(([benefit, steps]) => [benefit, steps]);
  const raw = await sign1([NAME, sequence, previous, programme, cycle, point, device, tag, proof, pairs, clerk], signer);
  return { raw, hash: await sha256(raw) };
}

/** The receipt of these bytes, its signature not yet verified. ReceiptError with the reason if it is none. */
export function read(data: Uint8Array): Receipt & { signed: Signed } {
  let signed: Signed;
  let array: cbor.Value[];
  try {
    signed = parse(data);
    array = arrayOf(signed);
  } catch (error) {
    if (error instanceof CoseError) throw new ReceiptError(`not a receipt: ${error.message}`);
    throw error;
  }
  if (array[0] !== NAME || array.length !== 11) throw new ReceiptError(`not a receipt: its payload is not ${NAME}`);
  const [, sequence, previous, programme, cycle, point, device, tag, proof, items, clerk] = array;
  if (!Array.isArray(items) || items.some((pair) => !Array.isArray(pair) || pair.length !== 2)) {
    throw new ReceiptError("not a receipt: its items are not pairs of benefit and steps");
  }
  const receipt = { sequence, previous, programme, cycle, point, device, tag, proof, items, clerk } as unknown as Receipt;
  check(receipt);
  return { ...receipt, signed };
}

function check(r: Receipt): void {
  const fault = faultOf(r);
  if (fault) throw new ReceiptError(`not a receipt: ${fault}`);
}

function faultOf(r: Receipt): string | null {
  if (!isNumber(r.sequence, 1)) return "its sequence is not a number from 1";
  if ((r.previous === null) !== (r.sequence === 1) || !(r.previous === null || isBytes(r.previous, 32))) {
    return "the first names no receipt before it, every other one the hash of one";
  }
  for (const name of ["programme", "cycle", "point", "device"] as const) {
    if (!isText(r[name], 1)) return `its ${name} is not a plain text of 1 to ${TEXT_MAX} characters`;
  }
  if (!isText(r.clerk, 0)) return `its clerk is not a plain text of at most ${TEXT_MAX} characters`;
  if (!isBytes(r.tag, 16)) return "its tag is not 16 bytes";
  if (typeof r.proof === "string" ? !isReason(r.proof) : !isBytes(r.proof, 16)) {
    return "its proof is neither 16 bytes of a coupon nor a reason of 1 to 16 printable ASCII characters";
  }
  if (r.items.some(([benefit, steps]) => !isText(benefit, 1) || !isNumber(steps, 0))) {
    return "its items are not benefits with whole steps";
  }
  if (new Set(r.items.map(([benefit]) => benefit)).size !== r.items.length) return "a benefit stands twice in its items";
  return null;
}

function isNumber(value: unknown, least: number): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least;
}

function isBytes(value: unknown, size: number): boolean {
  return value instanceof Uint8Array && value.length === size;
}

function isText(value: unknown, least: number): boolean {
  if (typeof value !== "string" || /[\u0000-\u001f\u007f-\u009f]/.test(value)) return false;
  const length = [...value].length; // code points, as Python counts
  return length >= least && length <= TEXT_MAX;
}

/** Whether `value` can stand as the reason of an exception. */
export function isReason(value: string): boolean {
  return /^[\x20-\x7e]{1,16}$/.test(value);
}
