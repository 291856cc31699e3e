/** The day at a counter without a screen: give, part, twice, undo, count in short; and nothing is lost on the way. */

import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { hex } from "../src/formats/bytes";
import { cardNumber } from "../src/formats/code";
import { read } from "../src/formats/receipt";
import { parse, verify } from "../src/formats/cose";
import type { Counter } from "../src/model/counter";
import type { Found } from "../src/model/place";
import { served } from "../src/model/place";
import { waiting } from "../src/model/waiting";
import { countIn, cutWords, totalsOf } from "../src/model/counting";
import { append } from "../src/store/db";
import { tagOf } from "../src/formats/tag";
import { coupon, phone, stateBytes } from "./village";
import { onHand, reserveLeft } from "../src/model/stock";
import { decideFor } from "../src/model/visits";

async function come(counter: Counter, n: number): Promise<Found> {
  const found = await counter.byCoupon(coupon(n), counter.places[0]!);
  if (!found) throw new Error("not on the roll");
  return found;
}

async function giveAll(counter: Counter, n: number) {
  const found = await come(counter, n);
  const { tag, proof, items, fromReserve } = await decideFor(found);
  return counter.give({ place: found.place, tag, proof, items, fromReserve, after: found.written });
}

describe("a household with its coupon", () => {
  it("gets all that is due, and the receipt is a link of the phone's chain", async () => {
    const { counter } = await phone();
    const first = await giveAll(counter, 1);
    const second = await giveAll(counter, 3);
    const receipt = read(second.raw);
    expect(receipt).toMatchObject({ sequence: 2, programme: "ration", cycle: "2008-03/1", point: "alder", device: "alder-1", items: [["grain", 10], ["oil", 5]] });
    expect(hex(receipt.previous!)).toBe(hex(first.hash));
    expect(hex(receipt.proof as Uint8Array)).toBe(hex(coupon(3)));
    expect(await verify(parse(second.raw), counter.device!.publicKey)).toBe(true);
    expect(onHand(counter.places[0]!)).toEqual({ grain: { had: 60, left: 30 }, oil: { had: 25, left: 10 } });
    expect(counter.places[0]!.book.served).toBe(2);
  });

  it("is never given twice from its ration, also after the app was closed: the second time comes from the reserve", async () => {
    const { counter, name } = await phone();
    const given = await giveAll(counter, 1);
    const { counter: later } = await phone(name);
    const found = await come(later, 1);
    expect(found.visits.receipts.map(({ at }) => at)).toEqual([given.at]);
    expect(await decideFor(found)).toMatchObject({ verdict: "contested", items: { grain: 5 }, claim: { grain: 15, oil: 10 }, fromReserve: true });
    const again = await giveAll(later, 1);
    expect(read(again.raw).sequence).toBe(2);
    expect(onHand(later.places[0]!).grain).toEqual({ had: 60, left: 35 });
    expect(reserveLeft(later.places[0]!)).toEqual({ grain: 0, oil: 0 });
    expect(later.places[0]!.book.served).toBe(1);
  });

  it("may take a part now and the rest later, and then nothing is left", async () => {
    const { counter } = await phone();
    const found = await come(counter, 2);
    const decision = await decideFor(found);
    await counter.give({ place: found.place, tag: decision.tag, proof: decision.proof, items: { grain: 8, oil: 0 }, after: 0 });
    const rest = await decideFor(await come(counter, 2));
    expect(rest).toMatchObject({ verdict: "give", items: { grain: 12, oil: 10 } });
    await giveAll(counter, 2);
    expect((await decideFor(await come(counter, 2))).verdict).toBe("contested");
  });

  it("without its coupon is found by its card, and the receipt names the exception", async () => {
    const { counter } = await phone();
    const found = counter.byCard(cardNumber(3), counter.places[0]!, "lost coupon")!;
    expect(found.row.name).toBe("Kim");
    const { tag, proof, items } = await decideFor(found);
    const entry = await counter.give({ place: found.place, tag, proof, items, after: found.written });
    expect(read(entry.raw).proof).toBe("lost coupon");
    expect(counter.byCard(cardNumber(9), counter.places[0]!, "lost coupon")).toBeNull();
  });
});

describe("a phone that replaces a lost one", () => {
  it("knows who was served by it: contested, never refused, never given twice from the ration", async () => {
    const { counter } = await phone();
    counter.hear({ raw: await stateBytes({ given: [await tagOf(coupon(3))] }), at: 0 });
    const found = await come(counter, 3);
    expect(found.visits.receipts).toEqual([]);
    expect(await decideFor(found)).toMatchObject({ verdict: "contested", items: { grain: 5 }, claim: { grain: 5, oil: 5 } });
    expect((await decideFor(await come(counter, 1))).verdict).toBe("give");
    const place = counter.places[0]!;
    expect([served(place), waiting(place).length]).toEqual([1, 3]);
    expect(onHand(place).grain).toEqual({ had: 60, left: 50 });
  });
});

describe("undo within the visit", () => {
  it("takes the last receipt back by a receipt of its own, and the household can be served", async () => {
    const { counter, name } = await phone();
    const entry = await giveAll(counter, 1);
    const undone = await counter.undo(entry, counter.places[0]!);
    expect(read(undone.raw)).toMatchObject({ sequence: 2, proof: "undone", items: [] });
    await expect(counter.undo(entry, counter.places[0]!)).rejects.toThrow("only the last");
    const { counter: later } = await phone(name);
    expect((await decideFor(await come(later, 1))).verdict).toBe("give");
    expect(later.places[0]!.book.served).toBe(0);
  });
});

describe("a household that got nothing", () => {
  it("stays on the list of those still to come, with the reason", async () => {
    const { counter } = await phone();
    const found = await come(counter, 4);
    await counter.give({ place: found.place, tag: found.row.tag, proof: "refused: other", items: {}, after: 0, notes: [{ kind: "refused", text: "came for somebody else" }, { kind: "complaint", text: "angry" }] });
    const visits = (await come(counter, 4)).visits;
    expect(visits.withheld?.reason).toBe("refused: other");
    expect(waiting(counter.places[0]!).map(({ row }) => row.name)).toEqual(["Choe", "Kim", "Pak", "Ri"]);
    expect(counter.notes.map(({ kind, text }) => [kind, text])).toEqual([["refused", "came for somebody else"], ["complaint", "angry"]]);
    expect((await decideFor(await come(counter, 4))).verdict).toBe("give");
  });
});

describe("nothing is lost silently", () => {
  it("two taps on one button give once", async () => {
    const { counter } = await phone();
    const found = await come(counter, 1);
    const { tag, proof, items } = await decideFor(found);
    const draft = { place: found.place, tag, proof, items, after: found.written };
    const [first, second] = await Promise.allSettled([counter.give(draft), counter.give(draft)]);
    expect([first.status, second.status]).toEqual(["fulfilled", "rejected"]);
    expect(counter.entries.get("2008-03/1")).toHaveLength(1);
  });

  it("a coupon of a month that is not open is on no list", async () => {
    const { counter } = await phone();
    const place = counter.places[0]!;
    expect(await counter.byCoupon(coupon(1), { ...place, cycle: { ...place.cycle, open: false } })).not.toBeNull();
    counter.places = [{ ...place, cycle: { ...place.cycle, open: false } }];
    expect(await counter.byCoupon(coupon(1), counter.places[0]!)).toBeNull();
    expect(counter.byCard(cardNumber(1), counter.places[0]!, "no coupon")).toBeNull();
  });

  it("quick taps for several households sign their numbers one after another", async () => {
    const { counter } = await phone();
    const entries = await Promise.all([1, 2, 3].map((n) => giveAll(counter, n)));
    expect(entries.map(({ sequence }) => sequence).sort()).toEqual([1, 2, 3]);
  });

  it("a number that another window wrote already is refused, not overwritten", async () => {
    const { counter, name } = await phone();
    const { counter: other } = await phone(name);
    const kept = await giveAll(counter, 1);
    await expect(giveAll(other, 2)).rejects.toThrow();
    const { counter: later } = await phone(name);
    expect(later.entries.get("2008-03/1")!.map(({ hash }) => hex(hash))).toEqual([hex(kept.hash)]);
  });

  it("where the disk is full nothing is said to be given", async () => {
    const { counter } = await phone();
    const first = await giveAll(counter, 1);
    await expect(append(counter.db, { receipts: [first] })).rejects.toThrow();
    expect(counter.entries.get("2008-03/1")).toHaveLength(1);
    expect((await giveAll(counter, 2)).sequence).toBe(2);
  });

  it("a clock that was set back costs nobody anything", async () => {
    let now = 1_204_400_000;
    const { counter } = await phone(undefined, () => now);
    await giveAll(counter, 1);
    now = 0;
    const entry = await giveAll(counter, 2);
    expect(entry).toMatchObject({ sequence: 2, at: 0 });
    expect((await come(counter, 1)).visits.receipts).toHaveLength(1);
  });
});

describe("less came than was sent", () => {
  it("everybody gets the same smaller share, before the first household", async () => {
    const { counter, name } = await phone();
    const place = counter.places[0]!;
    const lines = [{ benefit: "grain", lot: "", packs: 1, loose: 10, damaged: 2, reason: "" }];
    const counted = totalsOf(lines, () => 30);
    expect(counted).toEqual({ grain: 40 });
    const count = await countIn(counter, place, lines, counted);
    // 40 counted, reserve floor(40 x 5 / 60) = 3; 37 of 55 steps: each gets 37/55 of its ration
    expect(count.cuts.grain).toMatchObject({ counted: 40, reserve: 3, units: 37, rungs: 0n, num: 37n, den: 55n });
    expect(count.cuts.oil).toBeUndefined();
    const { counter: later } = await phone(name);
    const found = await come(later, 1);
    expect(found.due.oil).toBe(10);
    expect([13, 14]).toContain(found.due.grain);
    const sum = later.places[0]!.count!.cuts.grain!.rations.reduce((total, steps) => total + steps, 0);
    expect(sum).toBe(37);
    const [words] = cutWords(place.roll!, count.cuts);
    expect(words).toMatchObject({ benefit: "grain", planned: 55, now: 37, wasPercent: 100, nowPercent: 67, sameForAll: false });
  });
});
