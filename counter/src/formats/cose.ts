/** COSE_Sign1 with Ed25519, untagged, in the one form of spec/formats.md. Keys are WebCrypto's. */

import * as cbor from "./cbor";
import { equal, sha256, type Bytes } from "./bytes";

const EDDSA = -8;

/** Bytes that are not a COSE_Sign1 of this form. */
export class CoseError extends Error {}

/** A public key and the function that signs for it. */
export interface Signer {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** A parsed, not yet verified COSE_Sign1. */
export interface Signed {
  readonly kid: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** The kid of a public key: the first 8 bytes of its SHA-256. */
export async function keyId(publicKey: Uint8Array): Promise<Uint8Array> {
  return (await sha256(publicKey)).subarray(0, 8);
}

function protectedHeader(kid: Uint8Array): Bytes {
  return cbor.dumps(new Map<cbor.Key, cbor.Value>([[1, EDDSA], [4, kid]]));
}

function toSign(kid: Uint8Array, payload: Uint8Array): Bytes {
  return cbor.dumps(["Signature1", protectedHeader(kid), new Uint8Array(), payload]);
}

/** The COSE_Sign1 of `payload` by `signer`. */
export async function sign1(payload: readonly cbor.Value[], signer: Signer): Promise<Bytes> {
  const raw = cbor.dumps(payload);
  const kid = await keyId(signer.publicKey);
  const signature = await signer.sign(toSign(kid, raw));
  return cbor.dumps([protectedHeader(kid), new Map(), raw, signature]);
}

/** Read without verifying. CoseError if the bytes are of any other form. */
export function parse(data: Uint8Array): Signed {
  let value: cbor.Value;
  try {
    value = cbor.loads(data);
  } catch (error) {
    throw new CoseError(`not canonical CBOR: ${(error as Error).message}`);
  }
  if (!Array.isArray(value) || value.length !== 4) throw new CoseError("not a COSE_Sign1");
  const [header, unprotected, payload, signature] = value as cbor.Value[];
  const bare = unprotected instanceof Map && unprotected.size === 0;
  if (!(header instanceof Uint8Array) || !bare || !(payload instanceof Uint8Array)) {
    throw new CoseError("not a COSE_Sign1 of Evenhand's form");
  }
  if (!(signature instanceof Uint8Array) || signature.length !== 64) throw new CoseError("the signature is not one of Ed25519");
  const kid = kidOf(header);
  if (!kid) throw new CoseError("the protected header is not {1: -8, 4: kid}");
  return { kid, payload, signature };
}

function kidOf(header: Uint8Array): Uint8Array | null {
  let read: cbor.Value;
  try {
    read = cbor.loads(header);
  } catch {
    return null;
  }
  const kid = read instanceof Map ? read.get(4) : null;
  return kid instanceof Uint8Array && kid.length === 8 && equal(header, protectedHeader(kid)) ? kid : null;
}

/** The payload as its array. CoseError if it is not one that begins with a text. */
export function arrayOf(signed: Signed): cbor.Value[] {
  let value: cbor.Value;
  try {
    value = cbor.loads(signed.payload);
  } catch (error) {
    throw new CoseError(`the payload is not canonical CBOR: ${(error as Error).message}`);
  }
  if (!Array.isArray(value) || typeof value[0] !== "string") throw new CoseError("the payload does not begin with its name");
  return value as cbor.Value[];
}

/** Whether `publicKey` (32 bytes) made this signature. */
export async function verify(signed: Signed, publicKey: Uint8Array): Promise<boolean> {
  if (!equal(signed.kid, await keyId(publicKey))) return false;
  try {
    const key = await crypto.subtle.importKey("raw", publicKey as Bytes, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signed.signature as Bytes, toSign(signed.kid, signed.payload));
  } catch {
    return false;
  }
}
