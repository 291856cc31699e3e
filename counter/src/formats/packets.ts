/** What one phone of a point shows another (spec/counter-api.md, From phone to phone). */

import * as cbor from "./cbor";
import { FrameError } from "./frames";

/** Which phone this is. */
export interface Introduced {
  readonly origin: string;
  readonly programme: string;
  readonly device: string;
}

/** Rows that go to another phone, and what it needs to give to them. */
export interface Handover {
  readonly release: Uint8Array;
  readonly counted: ReadonlyMap<string, number> | null;
  /** The cycle as it stands in the state, with this one point. */
  readonly cycle: cbor.Value;
  /** The bytes of the roll, where the other has none. */
  readonly roll: Uint8Array | null;
}

export function introduce({ origin, programme, device }: Introduced): Uint8Array {
  return cbor.dumps(["evenhand/phone/v1", origin, programme, device]);
}

export function handover({ release, counted, cycle, roll }: Handover): Uint8Array {
  return cbor.dumps(["evenhand/handover/v1", release, counted && new Map<cbor.Key, cbor.Value>(counted), cycle, roll]);
}

export type Packet = ({ readonly is: "phone" } & Introduced) | ({ readonly is: "handover" } & Handover);

/** The packet of these bytes. FrameError if they are none that is known here. */
export function readPacket(raw: Uint8Array): Packet {
  let value: cbor.Value;
  try {
    value = cbor.loads(raw);
  } catch (error) {
    throw new FrameError(`not a packet: ${(error as Error).message}`);
  }
  const [name, a, b, c, d, ...rest] = Array.isArray(value) ? (value as cbor.Value[]) : [];
  const texts = [a, b, c].every((one) => typeof one === "string" && one);
  if (name === "evenhand/phone/v1" && texts && d === undefined) return { is: "phone", origin: a as string, programme: b as string, device: c as string };
  const counted = b === null || (b instanceof Map && [...b.values()].every((one) => Number.isSafeInteger(one) && (one as number) >= 0));
  if (name === "evenhand/handover/v1" && a instanceof Uint8Array && counted && c instanceof Map && (d === null || d instanceof Uint8Array) && !rest.length) {
    return { is: "handover", release: a, counted: b as ReadonlyMap<string, number> | null, cycle: c as cbor.Value, roll: d };
  }
  throw new FrameError("not a packet of one phone for another");
}
