/** Alder: four households, one point. Grain in 500 g steps, oil in 100 ml steps. */

import { dumps, type Key, type Value } from "../src/formats/cbor";
import { compare, type Bytes } from "../src/formats/bytes";
import { cardNumber } from "../src/formats/code";
import { tagOf } from "../src/formats/tag";
import { Roll } from "../src/formats/roll";
import { Counter } from "../src/model/counter";
import { open, put, type Device } from "../src/store/db";

export const CYCLE = "2008-03/1";

export function map(pairs: Record<string, Value>): ReadonlyMap<Key, Value> {
  return new Map(Object.entries(pairs));
}

/** r of household n's coupon. */
export function coupon(n: number): Bytes {
  return new Uint8Array(16).fill(n);
}

export const FAMILIES = [
  { name: "Pak", members: 4, grain: 20, oil: 10 },
  { name: "Ri", members: 4, grain: 20, oil: 10 },
  { name: "Kim", members: 2, grain: 10, oil: 5 },
  { name: "Choe", members: 1, grain: 5, oil: 0 },
];

export async function rollBytes(families = FAMILIES.length): Promise<Bytes> {
  const rows = await Promise.all(
    FAMILIES.slice(0, families).map(async ({ name, members, grain, oil }, n) => [
      await tagOf(coupon(n + 1)), cardNumber(n + 1), name, members, [grain, oil], [0, 0], [[grain * 500], [oil * 100]],
    ] as const),
  );
  rows.sort((a, b) => compare(a[0], b[0]));
  const level = { rungs: 1, num: "0", den: "1" };
  return dumps(
    map({
      version: 1, programme: "ration", cycle: CYCLE, point: "alder", seed: new Uint8Array(32), rows,
      benefits: [map({ id: "grain", step_base: 500, units: 60, reserve: 5, ...level }), map({ id: "oil", step_base: 100, units: 25, reserve: 0, ...level })],
    }),
  );
}

export async function stateBytes(change: Record<string, Value> = {}, of: Record<string, Value> = {}): Promise<Bytes> {
  const benefit = { kind: "good", parts: 1, base_per_unit: 1000, evidence: "receipt" };
  const point = { point: "alder", name: "Alder", rows: 4, tags_sha256: await Roll.read(await rollBytes()).tagsSha256(), expected: [], counted: null, recut: [], given: [], closed: false };
  return dumps(
    map({
      now: 1_204_363_000, origin: "demo.example", programme: "ration", zone: "Asia/Pyongyang", demo: true, device: "alder-1", points: ["alder"], log_key: new Uint8Array(32),
      cycles: [
        map({
          cycle: CYCLE, period: "2008-03", first: "2008-03-01", last: "2008-03-31", state: "open", title: "Rations",
          benefits: [map({ id: "grain", title: "Grain", unit: "kg", step_base: 500, ...benefit }), map({ id: "oil", title: "Oil", unit: "l", step_base: 100, ...benefit })],
          points: [map({ ...point, ...change })], head: map({ receipts: 0, hash: null }),
        }),
      ],
      ...of,
    }),
  );
}

let number = 0;

/** A phone of Alder with its roll; `name` to open the same phone again, `called` as which device it is enrolled. */
export async function phone(name = `phone-${(number += 1)}`, clock?: () => number, withRoll = true, called = "alder-1"): Promise<{ counter: Counter; name: string }> {
  const db = await open(name);
  if (!(await db.get("keep", "device"))) {
    const keys = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
    const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
    const device: Device = { keys, publicKey, token: "", digits: "", certified: true, name: called, origin: "demo.example", programme: "ration", certificate: null };
    await put(db, "keep", device, "device");
    await put(db, "keep", { raw: await stateBytes(), at: 1_204_363_000 }, "heard");
    if (withRoll) await put(db, "rolls", { cycle: CYCLE, point: "alder", raw: await rollBytes(), at: 1_204_363_000 });
  }
  const counter = new Counter(db, clock);
  await counter.load();
  return { counter, name };
}
