/** The second factor: what counts of what is said, how it is tested, what a visit then proves. */

import { describe, expect, it } from "vitest";
import { hex, unhex } from "../src/formats/bytes";
import { checkOf, fits, isAsked, keyOf, plain, presented, stretched } from "../src/flow/factor";
import { load } from "./cases";

const cases = load("factors");

describe("what is said", () => {
  it.each(cases.said as Record<string, string>[])("$said counts as $plain", async (one) => {
    expect(plain(one.said!)).toBe(one.plain);
    const answer = await stretched(one.said!, cases.origin, cases.programme, one.card!);
    expect(hex(answer)).toBe(one.stretched);
    expect(hex(await keyOf(unhex(cases.r)))).toBe(cases.key);
    expect(hex(await checkOf(unhex(cases.key), answer))).toBe(one.check);
    expect(hex(await checkOf(await keyOf(null), answer))).toBe(one.check_without_coupons);
    const row = { check: unhex(one.check!), question: null, photo: null };
    expect(await fits(one.said!, row, unhex(cases.r), cases.origin, cases.programme, one.card!)).toBe(true);
    expect(await fits(`${one.said} no`, row, unhex(cases.r), cases.origin, cases.programme, one.card!)).toBe(false);
  });
});

it.each(cases.presented as Record<string, any>[])("$factor, enrolled $enrolled, proxy $proxy, $result: $proof", ({ factor, enrolled, proxy, result, asked, proof }) => {
  const r = unhex(cases.r);
  expect(isAsked(factor, enrolled, proxy)).toBe(asked);
  expect(presented(r, asked, result)).toEqual(proof === "coupon" ? { r } : { exception: proof });
});
