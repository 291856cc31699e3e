/** From phone to phone: releases, who gives to a row after them, packets and their pieces. */

import { describe, expect, it } from "vitest";
import { dumps } from "../src/formats/cbor";
import { hex, unhex } from "../src/formats/bytes";
import { base45, Collector, FrameError, pieces, unbase45 } from "../src/formats/frames";
import { readPacket } from "../src/formats/packets";
import { read, ReleaseError, write, type Release, type Signed } from "../src/formats/release";
import { keeper, ordered } from "../src/flow/custody";
import { load, signerOf, value } from "./cases";

const cases = load("handover");

describe("a release", () => {
  it("is signed and read as on the server", async () => {
    const [, number, programme, cycle, point, device, to, receipts, head, ranges, reserve] = value(cases.release.payload) as any[];
    const { private_key, public_key } = cases.keys["phone-1"];
    const said: Release = { number, programme, cycle, point, device, to, receipts, head, ranges, reserve };
    const made = await write(said, await signerOf(private_key, public_key));
    expect(hex(made.raw)).toBe(cases.release.cose);
    expect(await read(unhex(cases.release.cose), unhex(public_key))).toEqual(made);
    await expect(read(made.raw, unhex(cases.keys["phone-2"].public_key))).rejects.toThrow("another key");
  });
  it.each(cases.releases_refused as { name: string; cose: string }[])("is refused: $name", async ({ cose }) => {
    await expect(read(unhex(cose))).rejects.toThrow(ReleaseError);
  });
});

describe("who gives to a row", () => {
  it.each(cases.custody as { name: string; holders: string[]; phones: string[]; releases: string[]; expect: [string, string][] }[])(
    "$name",
    async (one) => {
      const releases: Signed[] = [];
      for (const raw of one.releases) releases.push(await read(unhex(raw)));
      for (const turned of [releases, [...releases].reverse()]) {
        const found = one.expect.map(([tag]) => [tag, keeper(unhex(tag), one.holders, new Set(one.phones), ordered(turned))]);
        expect(found).toEqual(one.expect);
      }
    },
  );
});

describe("packets", () => {
  it.each(cases.base45 as { hex: string; text: string }[])("are written in base 45: $text", ({ hex: bytes, text }) => {
    expect(base45(unhex(bytes))).toBe(text);
    expect(hex(unbase45(text))).toBe(bytes);
  });
  it.each(cases.packets as { name: string; value: unknown; hex: string; pieces: string[] }[])("$name", async (one) => {
    expect(hex(dumps(value(one.value)))).toBe(one.hex);
    for (const series of [one.pieces, await pieces(unhex(one.hex))]) {
      const collector = new Collector();
      const shown = [...series.slice(1).reverse(), series[0] as string]; // in any order; the first is seen last
      const found: (string | null)[] = [];
      for (const text of shown.flatMap((text, at) => (at < shown.length - 1 ? [text, text] : [text]))) {
        const packet = await collector.add(text);
        found.push(packet && hex(packet));
      }
      expect(found.at(-1)).toBe(one.hex);
      expect(found.filter(Boolean)).toHaveLength(1);
    }
    expect(readPacket(unhex(one.hex)).is).toBe(one.name === "which phone this is" ? "phone" : "handover");
  });
  it.each(cases.pieces_refused as { name: string; pieces: string[] }[])("are refused: $name", async (one) => {
    const collector = new Collector();
    await expect((async () => {
      for (const text of one.pieces) await collector.add(text);
    })()).rejects.toThrow(FrameError);
  });
  it("of another series begin anew", async () => {
    const [first, second] = [cases.packets[2].pieces, cases.packets[0].pieces] as string[][];
    const collector = new Collector();
    expect(await collector.add(first![0]!)).toBeNull();
    expect([collector.have, collector.count]).toEqual([1, first!.length]);
    expect(hex((await collector.add(second![0]!))!)).toBe(cases.packets[0].hex);
  });
});
