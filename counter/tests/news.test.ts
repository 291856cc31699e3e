/** News of a point that a person carries as a file. */

import "fake-indexeddb/auto";
import { expect, it } from "vitest";
import { cardNumber } from "../src/formats/code";
import { sign1, type Signer } from "../src/formats/cose";
import { tagOf } from "../src/formats/tag";
import { takeNews } from "../src/model/news";
import type { Counter } from "../src/model/counter";
import { coupon, CYCLE, map, phone, stateBytes } from "./village";
import { decideFor } from "../src/model/visits";

const NOW = 1_204_363_000;

async function newSigner(): Promise<Signer> {
  const keys = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
  return { publicKey, sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", keys.privateKey, message as BufferSource)) };
}

async function pair(): Promise<{ counter: Counter; log: Signer; name: string }> {
  const { counter, name } = await phone();
  const log = await newSigner();
  const heard = { raw: await stateBytes({}, { log_key: log.publicKey }), at: NOW };
  counter.hear(heard);
  await counter.db.put("keep", heard, "heard");
  return { counter, log, name };
}

async function newsOf(log: Signer, at: number, held: number[], point = "alder"): Promise<Uint8Array> {
  const row = [await tagOf(coupon(8)), cardNumber(8), "Han", 2, [6, 2], [0, 0], [[3000], [200]], []] as const;
  const rows = await Promise.all(held.map(async (n) => [await tagOf(coupon(n)), "moved", "H001", "call 555"] as const));
  return sign1(["evenhand/point-news/v1", "ration", CYCLE, point, at, map({ supplements: [["S001", [row]]], held: rows })], log);
}

it("lists and held rows stand from then on, after a restart too; an older file changes nothing", async () => {
  const { counter, log, name } = await pair();
  await takeNews(counter, await newsOf(log, NOW + 60, [1]));
  const { counter: later } = await phone(name);
  for (const one of [counter, later]) {
    const found = (await one.byCoupon(coupon(8), one.places[0]!))!;
    expect(await decideFor(found)).toMatchObject({ verdict: "give", items: { grain: 5 }, claim: { grain: 1, oil: 2 }, fromReserve: true });
    const held = (await one.byCoupon(coupon(1), one.places[0]!))!;
    expect([held.held, (await decideFor(held)).verdict]).toEqual([{ reason: "moved", notice: "H001", where: "call 555" }, "refuse"]);
  }
  await expect(takeNews(later, await newsOf(log, NOW + 30, []))).rejects.toMatchObject({ why: "old" });
  await takeNews(later, await newsOf(log, NOW + 90, []));
  expect((await later.byCoupon(coupon(1), later.places[0]!))!.held).toBeNull();
});

it("of another key, another point, or no file at all is refused", async () => {
  const { counter, log } = await pair();
  await expect(takeNews(counter, await newsOf(await newSigner(), NOW + 60, [1]))).rejects.toMatchObject({ why: "bad" });
  await expect(takeNews(counter, new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ why: "bad" });
  await expect(takeNews(counter, await newsOf(log, NOW + 60, [1], "birch"))).rejects.toMatchObject({ why: "other" });
  expect(counter.places[0]!.point.held.size).toBe(0);
});
