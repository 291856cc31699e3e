/** Beside receipts: what a phone signs, the digits it shows, the roll it is given. */

import { describe, expect, it } from "vitest";
import { dumps, loads, type Key, type Value } from "../src/formats/cbor";
import { hex, unhex } from "../src/formats/bytes";
import { parse, sign1 } from "../src/formats/cose";
import { callHeader, enrolDigits, readHead, writeCount, writeHead, writeNote } from "../src/formats/head";
import { Roll, RollError } from "../src/formats/roll";
import { cardMark } from "../src/formats/tag";
import { load, signerOf, value } from "./cases";

const cases = load("counter");
const signer = await signerOf(cases.device.private_key, cases.device.public_key);

describe("what a phone signs", () => {
  it.each(cases.signed as { name: string; payload: unknown[]; cose: string }[])("$name", async ({ name, payload, cose }) => {
    const said = value(payload) as any[];
    expect(hex(await sign1(said, signer))).toBe(cose);
    const [, a, b, c, d, e, f, g, h, i, j] = said;
    const own: Record<string, () => Promise<string>> = {
      "a count": async () => hex(await writeCount(a, b, c, d, signer)),
      "a head": async () => hex(await writeHead({ programme: a, cycle: b, device: c, receipts: d, hash: e }, signer)),
      "a note": async () =>
        hex(await writeNote({ sequence: a, programme: b, cycle: c, device: d, point: e, tag: f, kind: g, text: h, receipt: i, at: j }, signer)),
      "a call": async () => {
        const header = await callHeader(a, b, c, d, new Uint8Array(), f, signer);
        return hex(Uint8Array.from(atob(header.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0)));
      },
    };
    if (own[name]) expect(await own[name]()).toBe(cose);
    if (name.includes("head")) {
      expect(await readHead(unhex(cose), signer.publicKey)).toEqual({ programme: a, cycle: b, device: c, receipts: d, hash: e });
      const other = new Uint8Array(32).fill(1);
      expect(await readHead(unhex(cose), other)).toBeNull();
    }
    expect(parse(unhex(cose)).signature).toHaveLength(64);
  });
});

it.each(cases.digits as { token: string; digits: string }[])("shows the digits $digits", async ({ token, digits }) => {
  expect(await enrolDigits(unhex(token), signer.publicKey)).toBe(digits);
});

describe("the roll", () => {
  it.each(cases.rolls as { name: string; value: unknown; hex: string; tags_sha256: string }[])("$name", async (one) => {
    const wanted = value(one.value) as ReadonlyMap<Key, Value>;
    expect(hex(dumps(loads(unhex(one.hex))))).toBe(one.hex);
    const roll = Roll.read(unhex(one.hex));
    expect(hex(await roll.tagsSha256())).toBe(one.tags_sha256);
    expect([roll.programme, roll.cycle, roll.point, roll.size]).toEqual(["ration", "2008-03/1", "Alder", 3]);
    const rows = wanted.get("rows") as Value[][];
    for (const [index, [tag, card, name, members, rations, carry, ladders, proxies = [], facts]] of rows.entries()) {
      expect([roll.byTag(tag as Uint8Array), roll.byCard(card as string)]).toEqual([index, index]);
      expect(roll.row(index)).toEqual({ tag, card, name, members, rations, carry, ladders, proxies, mark: (facts as any)?.get("card") ?? null, home: null, given: null });
    }
    expect(roll.byTag(new Uint8Array(16))).toBe(-1);
    expect(roll.benefits[0]!.level).toEqual({ rungs: 1n, num: 123456789012345678901234567890n, den: 234567890123456789012345678901n });
    expect(roll.benefits[1]!.units).toBeNull();
  });
  it.each(cases.cards as { id: string; mark: string; row: string | null }[])("finds a row by the QR of its card: $row", async (one) => {
    const roll = Roll.read(unhex(cases.rolls[0].hex));
    const mark = await cardMark(unhex(one.id));
    expect(hex(mark)).toBe(one.mark);
    expect(roll.byMark(mark)).toBe(one.row ? roll.byCard(one.row) : -1);
  });
  it("has the rows of supplementary lists behind its own", () => {
    const roll = Roll.read(unhex(cases.rolls[0].hex));
    const more = { ...roll.row(0), tag: new Uint8Array(16).fill(7), card: "0000000999" };
    const both = roll.with([more]);
    expect([both.size, both.own, both.byTag(more.tag), both.byCard("0000000999")]).toEqual([4, 3, 3, 3]);
    expect([both.isSupplementary(3), both.isSupplementary(2), [...both.rows()].length]).toEqual([true, false, 3]);
    expect(roll.with([])).toBe(roll);
  });
  it.each(cases.rolls_refused as { name: string; hex: string }[])("is refused: $name", (one) => {
    expect(() => Roll.read(unhex(one.hex))).toThrow(RollError);
  });
});
