/** Rows that collect at another point, and rows of other points that collect here. */

import "fake-indexeddb/auto";
import { expect, it } from "vitest";
import { cardNumber } from "../src/formats/code";
import { tagOf } from "../src/formats/tag";
import { moveAway, toMove } from "../src/model/handover";
import { keeperOf, leftFor, mine, type Place } from "../src/model/place";
import type { Counter } from "../src/model/counter";
import { coupon, map, phone, stateBytes } from "./village";
import { onHand } from "../src/model/stock";
import { decideFor } from "../src/model/visits";

const place = (counter: Counter): Place => counter.places[0] as Place;

it("a row the office asked for leaves by this phone's word, and who comes all the same is served from the reserve", async () => {
  const { counter } = await phone();
  const tag = await tagOf(coupon(3));
  counter.hear({ raw: await stateBytes({ holders: ["alder-1"], phones: [["alder-1", counter.device!.publicKey]], moves: [[tag, "birch"]] }), at: 0 });
  const before = onHand(place(counter)).grain!.had;
  const [move] = toMove(place(counter));
  const signed = await moveAway(counter, place(counter), move!.index, move!.to);
  expect(signed).toMatchObject({ to: "point:birch", ranges: [[tag, tag]], reserve: [] });
  const found = (await counter.byCoupon(coupon(3), place(counter)))!;
  expect([keeperOf(found.place, found.index), leftFor(found.place, found.index), mine(place(counter))]).toEqual(["point:birch", "birch", 3]);
  expect(await decideFor(found)).toMatchObject({ verdict: "contested", items: { grain: 5 }, fromReserve: true });
  expect([toMove(place(counter)), onHand(place(counter)).grain!.had]).toEqual([[], before - 10]);
});

it("a guest has the rest of its ration, from goods that came with it, and a re-cut does not touch it", async () => {
  const { counter } = await phone();
  const guest = [await tagOf(coupon(9)), cardNumber(9), "Lee", 2, [10, 5], [0, 0], [[5000], [500]], [], map({ home: "birch", given: [4, 0] })];
  counter.hear({ raw: await stateBytes({ guests: [guest] }), at: 0 });
  const found = (await counter.byCoupon(coupon(9), place(counter)))!;
  const decision = await decideFor(found);
  expect(decision).toMatchObject({ verdict: "give", items: { grain: 6, oil: 5 }, fromReserve: false });
  expect(onHand(place(counter)).grain).toEqual({ had: 66, left: 66 });
  await counter.give({ place: found.place, tag: decision.tag, proof: decision.proof, items: decision.items, after: 0 });
  expect(onHand(place(counter)).grain).toEqual({ had: 66, left: 60 });
  const again = await decideFor((await counter.byCoupon(coupon(9), place(counter)))!);
  expect(again.verdict).toBe("contested");
  expect(counter.byCard(cardNumber(9), place(counter), "no coupon")?.row.home).toBe("birch");
});

it("a row that came back is an ordinary one again", async () => {
  const { counter } = await phone();
  const tag = await tagOf(coupon(3));
  const phones = [["alder-1", counter.device!.publicKey]];
  counter.hear({ raw: await stateBytes({ holders: ["alder-1"], phones, moves: [[tag, "birch"]] }), at: 0 });
  await moveAway(counter, place(counter), toMove(place(counter))[0]!.index, "birch");
  const back = [tag, cardNumber(3), "Kim", 2, [10, 5], [0, 0], [[5000], [500]], [], map({ home: "alder", given: [0, 0] })];
  counter.hear({ raw: await stateBytes({ holders: ["alder-1"], phones, guests: [back], moves: [] }), at: 0 });
  const found = (await counter.byCoupon(coupon(3), place(counter)))!;
  expect(keeperOf(found.place, found.index)).toBe("alder-1");
  expect(await decideFor(found)).toMatchObject({ verdict: "give", items: { grain: 10, oil: 5 } });
});
