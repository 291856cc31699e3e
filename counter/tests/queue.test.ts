/** Two phones at one point: rows go from one to the other by QR, without a network, and nobody gets twice. */

import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { Collector, pieces } from "../src/formats/frames";
import { readPacket, type Handover } from "../src/formats/packets";
import { ReleaseError } from "../src/formats/release";
import { handOver, NotForUs, packetOf, rowsOf, share, take } from "../src/model/handover";
import type { Counter } from "../src/model/counter";
import { isMine, isSecond, keeperOf, mine, queueNumber, served, type Place } from "../src/model/place";
import { waiting } from "../src/model/waiting";
import { coupon, FAMILIES, phone, stateBytes } from "./village";
import { onHand, reserveLeft } from "../src/model/stock";
import { decideFor } from "../src/model/visits";

const place = (counter: Counter): Place => counter.places[0] as Place;

/** Two phones of Alder that know each other; the second has no roll. */
async function pair(cycles = true): Promise<{ first: Counter; second: Counter; reopen: () => Promise<Counter> }> {
  const one = await phone();
  const two = await phone(undefined, undefined, false, "tablet-2");
  const [first, second] = [one.counter, two.counter];
  const phones = [["alder-1", first.device!.publicKey], ["tablet-2", second.device!.publicKey]];
  const raw = await stateBytes({ holders: ["alder-1"], phones, counted: new Map([["grain", 60], ["oil", 25]]) });
  first.hear({ raw, at: 0 });
  await first.db.put("keep", { raw, at: 0 }, "heard");
  const bare = cycles ? raw : await stateBytes({}, { cycles: [] });
  second.hear({ raw: bare, at: 0 });
  await second.db.put("keep", { raw: bare, at: 0 }, "heard");
  return { first, second, reopen: async () => (await phone(two.name)).counter };
}

async function read(texts: string[]): Promise<Handover> {
  const collector = new Collector();
  for (const text of texts.slice(0, -1)) expect(await collector.add(text)).toBeNull();
  return readPacket((await collector.add(texts.at(-1)!))!) as unknown as Handover;
}

async function give(counter: Counter, n: number): Promise<string> {
  const found = (await counter.byCoupon(coupon(n), place(counter)))!;
  if (!isMine(found.place, found.index)) return keeperOf(found.place, found.index);
  const { tag, proof, items, fromReserve, verdict } = await decideFor(found);
  await counter.give({ place: found.place, tag, proof, items, fromReserve, after: found.written });
  return verdict;
}

describe("a second queue", () => {
  it("gets half of those still to come, with the roll and a part of the reserve, and each phone sends to the other", async () => {
    const { first, second } = await pair();
    expect([isSecond(place(first)), isSecond(place(second)), mine(place(first))]).toEqual([false, true, 4]);
    expect(await give(first, 1)).toBe("give");
    const what = share(place(first), "half");
    expect([what.rows, what.of]).toEqual([2, 3]);
    const release = await handOver(first, place(first), "tablet-2", what);
    expect(release).toMatchObject({ number: 1, receipts: 1, device: "alder-1", to: "tablet-2" });
    const told = await read(await pieces(await packetOf(first, place(first), release, true)));
    const got = await take(second, told);
    expect([rowsOf(got.place, got.release), mine(place(second)), mine(place(first))]).toEqual([2, 2, 2]);
    // Whoever comes: exactly one phone gives, the other names it.
    for (const n of [1, 2, 3, 4]) {
      const [here, there] = [await give(first, n), await give(second, n)];
      expect([[here, there].includes("alder-1") || [here, there].includes("tablet-2")]).toEqual([true]);
      expect([here, there].filter((word) => word === "give" || word === "contested")).toHaveLength(1);
    }
    expect([served(place(first)), served(place(second))]).toEqual([2, 2]);
    // What lies on both tables is what was counted, less what was given; the reserve went once.
    const [a, b] = [onHand(place(first)).grain!, onHand(place(second)).grain!];
    const due = FAMILIES.reduce((sum, family) => sum + family.grain, 0);
    expect(a.had + b.had).toBe(60);
    expect(a.left + b.left).toBe(60 - due - (5 - (reserveLeft(place(first)).grain! + reserveLeft(place(second)).grain!)));
    expect([queueNumber(place(first), "alder-1"), queueNumber(place(first), "tablet-2")]).toEqual([1, 2]);
  });

  it("works where the second phone has never heard of this month, and after it was switched off", async () => {
    const { first, second, reopen } = await pair(false);
    expect(second.places).toEqual([]);
    const release = await handOver(first, place(first), "tablet-2", share(place(first), "half"));
    await expect(take(second, await read(await pieces(await packetOf(first, place(first), release, false))))).rejects.toMatchObject({ why: "unknown" });
    // It knows the key of the other phone from a month before.
    const phones = [["alder-1", first.device!.publicKey], ["tablet-2", second.device!.publicKey]];
    const before = await stateBytes({ holders: ["alder-1"], phones });
    second.hear({ raw: before, at: 0 });
    const { cycle } = second.places[0]!;
    second.places = [{ ...second.places[0]!, cycle: { ...cycle, cycle: "2008-02/1" } }];
    const told = await read(await pieces(await packetOf(first, place(first), release, true)));
    await take(second, told);
    const later = await reopen();
    expect([mine(place(later)), later.mayGive(place(later)), place(later).count!.counted.grain]).toEqual([2, true, 60]);
    expect(waiting(place(later))).toHaveLength(2);
  });

  it("gives back what is left, by its own word; what it gave stays its own", async () => {
    const { first, second } = await pair();
    const release = await handOver(first, place(first), "tablet-2", share(place(first), "half"));
    await take(second, await read(await pieces(await packetOf(first, place(first), release, true))));
    const [one] = waiting(place(second));
    const n = FAMILIES.findIndex(({ name }) => name === one!.row.name) + 1;
    await give(second, n);
    const all = share(place(second), "all");
    expect(all.rows).toBe(1);
    const back = await handOver(second, place(second), "alder-1", all);
    expect(back.receipts).toBe(1);
    await take(first, await read(await pieces(await packetOf(second, place(second), back, false))));
    expect([mine(place(first)), mine(place(second))]).toEqual([3, 1]);
    expect(await give(first, n)).toBe("tablet-2");
    const reserves = [first, second].map((counter) => reserveLeft(place(counter)).grain!);
    expect(reserves[0]! + reserves[1]!).toBe(5);
    const hands = [first, second].map((counter) => onHand(place(counter)).grain!.had);
    expect(hands[0]! + hands[1]!).toBe(60);
  });

  it("takes nothing that is for another phone, or signed by another key; the same code twice counts once", async () => {
    const { first, second } = await pair();
    const release = await handOver(first, place(first), "tablet-2", share(place(first), "half"));
    const told = await read(await pieces(await packetOf(first, place(first), release, true)));
    await expect(take(first, told)).rejects.toThrow(NotForUs);
    const { counter: stranger } = await phone();
    stranger.hear({ raw: await stateBytes({ holders: ["alder-1"], phones: [["alder-1", stranger.device!.publicKey]] }), at: 0 });
    const forged = await handOver(stranger, place(stranger), "tablet-2", share(place(stranger), "all"));
    await expect(take(second, await read(await pieces(await packetOf(stranger, place(stranger), forged, true))))).rejects.toThrow(ReleaseError);
    await take(second, told);
    await take(second, told);
    expect([second.releases.size, mine(place(second))]).toEqual([1, 2]);
  });
});
