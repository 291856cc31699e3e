/** Enrol this phone: make a key that never leaves it, answer the officer's invitation, wait until it is certified. */

import * as cbor from "../formats/cbor";
import { decode } from "../formats/code";
import { enrolDigits } from "../formats/head";
import { put, type Db, type Device } from "../store/db";
import { ask } from "./api";

/** A browser that cannot sign: the app cannot work there. */
export class NoKeys extends Error {}

/** A new device for an invitation; kept before anybody is asked. */
export async function begin(db: Db, token: string): Promise<Device> {
  const secret = await decode(token);
  let keys: CryptoKeyPair;
  try {
    keys = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
  } catch (error) {
    throw new NoKeys((error as Error).message);
  }
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
  const device: Device = {
    keys, publicKey, token, digits: await enrolDigits(secret, publicKey), certified: false, name: "", origin: "", programme: "", certificate: null,
  };
  await put(db, "keep", device, "device");
  return device;
}

/** Ask whether the officer has certified this phone. */
export async function askAgain(db: Db, device: Device): Promise<Device> {
  const body = new Map<cbor.Key, cbor.Value>([
    ["token", device.token], ["public_key", device.publicKey], ["agent", navigator.userAgent.slice(0, 200)],
  ]);
  const said = await ask("POST", "enrol", cbor.dumps(body));
  const certificate = said.get("certificate");
  const now: Device = {
    ...device, certified: said.get("status") === "certified", name: String(said.get("device")), origin: String(said.get("origin")),
    programme: String(said.get("programme")), certificate: certificate instanceof Uint8Array ? certificate : null,
  };
  await put(db, "keep", now, "device");
  return now;
}
