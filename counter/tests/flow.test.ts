/** What is handed over, and how what came is divided: the same as on the server, case by case. */

import { describe, expect, it } from "vitest";
import { hex, unhex } from "../src/formats/bytes";
import { decide, type Presented } from "../src/flow/decide";
import { divide } from "../src/flow/divide";
import { inUnits, packed, type Benefit } from "../src/flow/packs";
import { newLevel, recut } from "../src/flow/recut";
import { load } from "./cases";

describe("decide", () => {
  it.each(load("decide").cases as Record<string, any>[])("$name", async ({ row, presented, reserve, emergency, expect: wanted }) => {
    const given: Presented = presented.r !== undefined ? { r: unhex(presented.r) } : { exception: presented.exception };
    const found = await decide(row && { ...row, fromReserve: row.from_reserve, tag: unhex(row.tag) }, given, reserve, emergency);
    const shown = typeof found.proof === "string" ? { exception: found.proof } : { r: hex(found.proof) };
    const proof = found.verdict === "refuse" ? null : shown;
    const { verdict, items, claim } = found;
    expect({ verdict, items, claim, proof, tag: hex(found.tag), from_reserve: found.fromReserve }).toEqual(wanted);
  });
});

describe("division", () => {
  it.each(load("division").cases as Record<string, any>[])("$name", async ({ benefit, step_base, num, den, units, rows, seed, expect: wanted }) => {
    const group = { benefit, step: BigInt(step_base), num: BigInt(num), den: BigInt(den), units: BigInt(units) };
    const shares = rows.map((row: Record<string, any>) => ({
      tag: unhex(row.tag), full: BigInt(row.full_base), next: BigInt(row.next_base), carry: BigInt(row.carry_micro),
    }));
    for (const turned of [shares, [...shares].reverse()]) {
      const found = await divide(group, turned, unhex(seed));
      const order = turned === shares ? wanted : [...wanted].reverse();
      expect(found.rations).toEqual(order.map((row: Record<string, any>) => row.ration));
      expect(found.carryAfter).toEqual(order.map((row: Record<string, any>) => BigInt(row.carry_after_micro)));
    }
  });
});

describe("re-cut", () => {
  it.each(load("recut").cases as Record<string, any>[])("$name", ({ counted, units, reserve, planned, ladder, carry_micro, step_base, expect: wanted }) => {
    const level = { rungs: BigInt(planned.rungs), num: BigInt(planned.num), den: BigInt(planned.den) };
    const rungs: bigint[] = [];
    for (const [rung, amount] of ladder) {
      while (rungs.length < rung) rungs.push(0n);
      rungs[rung - 1] = BigInt(amount);
    }
    const plan = { units: BigInt(units), reserve: BigInt(reserve), level, step: BigInt(step_base) };
    const found = newLevel(BigInt(counted), plan, rungs, BigInt(carry_micro));
    expect({ rungs: Number(found.rungs), num: String(found.num), den: String(found.den) }).toEqual({
      rungs: wanted.rungs, num: wanted.num, den: wanted.den,
    });
    expect([found.reserve, found.units].map(Number)).toEqual([wanted.reserve, wanted.units]);
  });

  it("gives everybody of a point the same smaller share, in whole steps", async () => {
    const rows = [10000n, 10000n, 5000n, 2500n].map((amount, at) => ({
      tag: new Uint8Array(16).fill(at), ladder: [amount], carry: 0n,
    }));
    const planned = { units: 55n, reserve: 0n, level: { rungs: 1n, num: 0n, den: 1n }, step: 500n };
    const cut = await recut("grain", 47n, planned, rows, new Uint8Array(32));
    expect([cut.rungs, cut.num, cut.den]).toEqual([0n, 47n, 55n]);
    expect(cut.rations.reduce((sum, ration) => sum + ration)).toBe(47);
    expect(cut.rations.map((ration) => ration * 500)).toEqual([8500, 8500, 4500, 2000]);
  });
});

describe("quantities in words", () => {
  const grain: Benefit = { id: "grain", title: "Grain", unit: "kg", step: 500, perUnit: 1000, kind: "good", pictogram: "grain", packSteps: 30 };
  it("are exact decimals", () => {
    expect(inUnits(17, grain)).toBe("8.5");
    expect(inUnits(0, grain)).toBe("0");
    expect(inUnits(10080, grain)).toBe("5,040");
    expect(inUnits(1, { ...grain, step: 1, perUnit: 12 })).toBe("1/12");
    expect(inUnits(26, { ...grain, step: 1, perUnit: 12 })).toBe("2 1/6");
  });
  it("fall into whole packs and what is loose", () => {
    expect(packed(34, grain)).toEqual({ packs: 1, loose: 4 });
    expect(packed(34, { ...grain, packSteps: null })).toEqual({ packs: 0, loose: 34 });
  });
});
