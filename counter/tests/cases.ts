/** The cases of spec/cases that bind Python, this app and the checker. */

import { readFileSync } from "node:fs";
import { unhex, type Bytes } from "../src/formats/bytes";
import type { Key, Value } from "../src/formats/cbor";
import type { Signer } from "../src/formats/cose";

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function load(name: string): any {
  const text = readFileSync(new URL(`../../spec/cases/${name}.json`, import.meta.url), "utf8");
  return JSON.parse(text);
}

/** A value written in JSON: {"bytes": hex}, {"int": decimal}, {"map": pairs}; all else is itself. */
export function value(tagged: unknown): Value {
  if (Array.isArray(tagged)) return tagged.map(value);
  if (tagged !== null && typeof tagged === "object") {
    const one = tagged as { bytes?: string; int?: string; map?: [unknown, unknown][] };
    if (one.bytes !== undefined) return unhex(one.bytes);
    if (one.int !== undefined) return BigInt(one.int);
    return new Map((one.map ?? []).map(([key, item]) => [value(key) as Key, value(item)]));
  }
  return tagged as Value;
}

const PKCS8 = unhex("302e020100300506032b657004220420");

export async function signerOf(privateKey: string, publicKey: string): Promise<Signer> {
  const bytes = new Uint8Array([...PKCS8, ...unhex(privateKey)]) as Bytes;
  const key = await crypto.subtle.importKey("pkcs8", bytes, "Ed25519", false, ["sign"]);
  return {
    publicKey: unhex(publicKey),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", key, message as Bytes)),
  };
}
