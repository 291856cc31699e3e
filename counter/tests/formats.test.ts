/** What the app reads and signs is, to the byte, what the server and the checker read and sign. */

import { describe, expect, it } from "vitest";
import * as cbor from "../src/formats/cbor";
import { base64url, hex, sha256, unhex } from "../src/formats/bytes";
import { cardNumber, checkCardNumber, CodeError, decode, encode, shortCode } from "../src/formats/code";
import { CoseError, arrayOf, parse, sign1, verify } from "../src/formats/cose";
import { read, ReceiptError, write } from "../src/formats/receipt";
import { tagOf, tie } from "../src/formats/tag";
import { load, signerOf, value } from "./cases";

describe("canonical CBOR", () => {
  const cases = load("cbor");
  it.each(cases.encode as { name: string; value: unknown; hex: string }[])("writes and reads: $name", ({ value: given, hex: bytes }) => {
    expect(hex(cbor.dumps(value(given)))).toBe(bytes);
    expect(hex(cbor.dumps(cbor.loads(unhex(bytes))))).toBe(bytes);
  });
  it.each(cases.refuse as { name: string; hex: string }[])("refuses: $name", ({ hex: bytes }) => {
    expect(() => cbor.loads(unhex(bytes))).toThrow(cbor.CborError);
  });
  it("reads what is exact as a number and what is larger as a bigint", () => {
    expect(cbor.loads(unhex("1b001fffffffffffff"))).toBe(Number.MAX_SAFE_INTEGER);
    expect(cbor.loads(unhex("1b0020000000000000"))).toBe(2n ** 53n);
    expect(cbor.loads(unhex("3b001ffffffffffffe"))).toBe(-Number.MAX_SAFE_INTEGER);
    expect(cbor.loads(unhex("3b001fffffffffffff"))).toBe(-(2n ** 53n));
    expect(() => cbor.dumps(0.5)).toThrow(cbor.CborError);
    expect(() => cbor.dumps(2 ** 53)).toThrow(cbor.CborError);
  });
  it("splits a sequence into its items, and says where it breaks off", () => {
    expect(cbor.sequence(unhex("01820203f6")).map(hex)).toEqual(["01", "820203", "f6"]);
    expect(() => cbor.sequence(unhex("018202"))).toThrow(cbor.CborError);
  });
});

describe("tags and ties", () => {
  const cases = load("tags");
  it.each(cases.cards as { r: string; tag: string }[])("the tag of $r", async ({ r, tag }) => {
    expect(hex(await tagOf(unhex(r)))).toBe(tag);
  });
  it.each(cases.ties as { seed: string; tag: string; benefit: string; tie: string }[])("the tie of $tag for $benefit", async (one) => {
    expect(hex(await tie(unhex(one.seed), unhex(one.tag), one.benefit))).toBe(one.tie);
  });
});

describe("codes", () => {
  const cases = load("codes");
  it.each(cases.card_numbers as { serial: number; number: string }[])("card $number", ({ serial, number }) => {
    expect(cardNumber(serial)).toBe(number);
  });
  it.each(cases.card_numbers_read as { text: string; number: string }[])("reads $text", ({ text, number }) => {
    expect(checkCardNumber(text)).toBe(number);
  });
  it.each(cases.card_numbers_refused as string[])("refuses the card number %j", (text) => {
    expect(() => checkCardNumber(text)).toThrow(CodeError);
  });
  it.each(cases.codes as { secret: string; code: string }[])("code $code", async ({ secret, code }) => {
    expect(await encode(unhex(secret))).toBe(code);
    expect(hex(await decode(code))).toBe(secret);
  });
  it.each(cases.codes_read as { secret: string; text: string }[])("reads $text", async ({ secret, text }) => {
    expect(hex(await decode(text))).toBe(secret);
  });
  it.each(cases.codes_refused as { name: string; text: string }[])("refuses: $name", async ({ text }) => {
    await expect(decode(text)).rejects.toThrow(CodeError);
  });
  it("names a receipt by the first 30 bits of its hash", () => {
    expect(shortCode(unhex("00000000"))).toBe("000 000");
    expect(shortCode(unhex("ffffffff"))).toBe("ZZZ ZZZ");
    expect(shortCode(unhex("0845a180"))).toBe("112 T30");
  });
});

describe("COSE_Sign1", () => {
  const cases = load("cose");
  type Case = { name: string; cose: string; public_key: string; private_key: string; payload: unknown[]; at: string };
  it.each(cases.signed as Case[])("signs and verifies: $name", async (one) => {
    const payload = value(one.payload) as cbor.Value[];
    expect(hex(await sign1(payload, await signerOf(one.private_key, one.public_key)))).toBe(one.cose);
    const signed = parse(unhex(one.cose));
    expect(hex(cbor.dumps(arrayOf(signed)))).toBe(hex(cbor.dumps(payload)));
    expect(await verify(signed, unhex(one.public_key))).toBe(true);
  });
  it.each(cases.refused as Case[])("refuses at $at: $name", async (one) => {
    if (one.at === "verify") expect(await verify(parse(unhex(one.cose)), unhex(one.public_key))).toBe(false);
    else if (one.at === "parse") expect(() => parse(unhex(one.cose))).toThrow(CoseError);
    else expect(() => arrayOf(parse(unhex(one.cose)))).toThrow(CoseError);
  });
});

describe("receipts", () => {
  const cases = load("receipts");
  it.each(cases.chain as Record<string, never>[])("signs and reads: $name", async (one) => {
    const { sequence, programme, cycle, point, device, clerk, items, proof, previous, tag, cose, hash } = one as Record<string, any>;
    const shown = proof.r ? unhex(proof.r) : proof.exception;
    const receipt = {
      sequence, programme, cycle, point, device, clerk, items, proof: shown, tag: unhex(tag),
      previous: previous && unhex(previous),
    };
    const made = await write(receipt, await signerOf(cases.device.private_key, cases.device.public_key));
    expect(hex(made.raw)).toBe(cose);
    expect(hex(made.hash)).toBe(hash);
    const { signed, ...found } = read(unhex(cose));
    expect(found).toEqual(receipt);
    expect(await verify(signed, unhex(cases.device.public_key))).toBe(true);
  });
  it.each(cases.refused as { name: string; cose: string }[])("refuses: $name", ({ cose }) => {
    expect(() => read(unhex(cose))).toThrow(ReceiptError);
  });
});

it("base64url has no padding and no signs of its own in addresses", async () => {
  expect(base64url(unhex("fbff"))).toBe("-_8");
  expect(hex(await sha256(new Uint8Array()))).toMatch(/^e3b0c442/);
});
