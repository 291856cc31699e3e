/** Calls to the server (spec/counter-api.md): signed by the device, CBOR both ways, refusals in words. */

import * as cbor from "../formats/cbor";
import { callHeader } from "../formats/head";
import { signerOf } from "../model/counter";
import type { Device } from "../store/db";

const ROOT = "/api/counter/1/";
const PATIENCE = 20_000;

/** The server said no, in words that can be shown. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/** Nobody answered, or something on the way that is not our server: the normal case at most points. */
export class Silence extends Error {}

export type Answer = ReadonlyMap<cbor.Key, cbor.Value>;

export async function call(
  method: "GET" | "POST", path: string, body: Uint8Array = new Uint8Array(), device: Device | null = null,
): Promise<Uint8Array> {
  const whole = ROOT + path;
  const headers: Record<string, string> = { "Content-Type": "application/cbor" };
  if (device) {
    const now = Math.floor(Date.now() / 1000);
    headers["Evenhand-Device"] = await callHeader(device.origin, device.name, method, whole, body, now, signerOf(device));
  }
  let response: Response;
  let raw: Uint8Array;
  try {
    response = await fetch(whole, {
      method, headers, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE),
      ...(method === "POST" ? { body: body as Uint8Array<ArrayBuffer> } : {}),
    });
    raw = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new Silence((error as Error).message);
  }
  if (response.ok) return raw;
  throw refusal(response.status, raw);
}

export async function ask(method: "GET" | "POST", path: string, body?: Uint8Array, device: Device | null = null): Promise<Answer> {
  const value = cbor.loads(await call(method, path, body, device));
  if (!(value instanceof Map)) throw new Refused(0, "malformed", "the server's answer cannot be read", "");
  return value as Answer;
}

function refusal(status: number, raw: Uint8Array): Error {
  try {
    const said = cbor.loads(raw);
    if (said instanceof Map && typeof said.get("message") === "string") {
      return new Refused(status, String(said.get("error")), String(said.get("message")), String(said.get("remedy") ?? ""));
    }
  } catch {
    // Not the server itself but something on the way: a portal, a proxy that has no server behind it.
  }
  if (status === 404) return new Refused(404, "missing", "this server does not take what the app sends", "update the server");
  return new Silence(`status ${status}`);
}

export function query(path: string, values: Record<string, string>): string {
  return `${path}?${Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
}
