/** Phone and server come to the same knowledge whatever breaks off on the way, and nothing leaves the outbox. */

import "fake-indexeddb/auto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { dumps, sequence, type Value } from "../src/formats/cbor";
import { hex, sha256, type Bytes } from "../src/formats/bytes";
import { arrayOf, parse, sign1, verify, type Signer } from "../src/formats/cose";
import { read } from "../src/formats/receipt";
import type { Counter } from "../src/model/counter";
import { countIn } from "../src/model/counting";
import { Refused, Silence } from "../src/sync/api";
import { sync } from "../src/sync/sync";
import { coupon, CYCLE, map, phone, rollBytes, stateBytes } from "./village";
import { decideFor } from "../src/model/visits";

async function newSigner(): Promise<Signer> {
  const keys = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
  return { publicKey, sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", keys.privateKey, message as Bytes)) };
}

/** A server as spec/counter-api.md has it, in memory. */
class Server {
  receipts = new Map<number, Uint8Array>();
  batches: number[] = [];
  notes: Uint8Array[] = [];
  counts: Uint8Array[] = [];
  refuses: Record<string, number> = {};
  silentAfter = Infinity;
  log!: Signer;
  roll: Uint8Array = new Uint8Array();

  async start(): Promise<this> {
    this.log = await newSigner();
    this.roll = await rollBytes();
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => this.answer(path, new Uint8Array((init.body as ArrayBuffer | undefined) ?? []), init));
    return this;
  }

  private async answer(path: string, body: Uint8Array, init: RequestInit): Promise<Response> {
    if (--this.silentAfter < 0) throw new TypeError("Failed to fetch");
    const header = (init.headers as Record<string, string>)["Evenhand-Device"] as string;
    const call = arrayOf(parse(Uint8Array.from(atob(header.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0))));
    expect(call.slice(0, 5)).toEqual(["evenhand/call/v1", "demo.example", "alder-1", init.method, path]);
    expect(hex(call[5] as Uint8Array)).toBe(hex(await sha256(body)));
    const name = /counter\/1\/(\w+)/.exec(path)![1] as string;
    if (this.refuses[name]) {
      const words = dumps(map({ error: "refused", message: `no ${name} now`, remedy: "wait" }));
      return new Response(words as Bytes, { status: this.refuses[name] });
    }
    return new Response((await this.say(name, body)) as Bytes);
  }

  private async say(name: string, body: Uint8Array): Promise<Uint8Array> {
    if (name === "state") return stateBytes({}, { log_key: this.log.publicKey });
    if (name === "roll") return this.roll;
    if (name === "notes") this.notes.push(...sequence(body));
    if (name === "count") this.counts.push(body);
    if (name !== "receipts") return dumps(map({ new: 0, known: 0 }));
    const batch = sequence(body);
    this.batches.push(batch.length);
    for (const raw of batch) this.receipts.set(read(raw).sequence, raw.slice());
    let head = 0;
    while (this.receipts.has(head + 1)) head += 1;
    const last = [...this.receipts.keys()].reduce((most, one) => Math.max(most, one), 0);
    const hash = head ? await sha256(this.receipts.get(head)!) : null;
    const missing: Value[] = last > head ? [[head + 1, Math.min(...[...this.receipts.keys()].filter((one) => one > head)) - 1]] : [];
    const acknowledged = await sign1(["evenhand/head/v1", "ration", CYCLE, "alder-1", head, hash], this.log);
    return dumps(map({ new: batch.length, known: 0, refused: [], missing, forked: false, head: map({ receipts: head, hash }), acknowledged }));
  }
}

async function serve(counter: Counter, ...households: number[]): Promise<void> {
  for (const n of households) {
    const found = (await counter.byCoupon(coupon(n), counter.places[0]!))!;
    const { tag, proof, items, fromReserve } = await decideFor(found);
    await counter.give({ place: found.place, tag, proof, items, fromReserve, after: found.written });
  }
}

afterEach(() => vi.unstubAllGlobals());

describe("receipts", () => {
  it("are sent once, signed for by the server, and stay on the phone", async () => {
    const server = await new Server().start();
    const { counter, name } = await phone();
    await sync(counter); // the phone learns the log's key
    await serve(counter, 1, 2);
    expect(counter.unsentCount).toBe(2);
    expect(await sync(counter)).toEqual([]);
    expect(counter.unsentCount).toBe(0);
    await sync(counter);
    expect(server.batches).toEqual([2]);
    const { counter: later } = await phone(name);
    expect([later.unsentCount, later.entries.get(CYCLE)!.length]).toEqual([0, 2]);
    expect(await verify(parse(server.receipts.get(2)!), counter.device!.publicKey)).toBe(true);
  });

  it("go in batches of 500 at most", async () => {
    const server = await new Server().start();
    const { counter } = await phone();
    await sync(counter);
    for (let visit = 0; visit < 501; visit++) await serve(counter, 4);
    await sync(counter);
    expect(server.batches).toEqual([500, 1]);
    expect(counter.unsentCount).toBe(0);
  });

  it("that did not arrive are sent again; a call that broke off changes nothing", async () => {
    const server = await new Server().start();
    const { counter } = await phone();
    await sync(counter);
    await serve(counter, 1, 2, 3);
    server.silentAfter = 0;
    await expect(sync(counter)).rejects.toThrow(Silence);
    expect(counter.unsentCount).toBe(3);
    server.silentAfter = Infinity;
    await sync(counter);
    expect([...server.receipts.keys()]).toEqual([1, 2, 3]);
  });

  it("a server that lost some names their numbers and gets them again", async () => {
    const server = await new Server().start();
    const { counter } = await phone();
    await sync(counter);
    await serve(counter, 1, 2, 3);
    await sync(counter);
    server.receipts.delete(1);
    server.receipts.delete(2);
    await serve(counter, 4);
    await sync(counter);
    expect([...server.receipts.keys()].sort()).toEqual([1, 2, 3, 4]);
    expect(counter.unsentCount).toBe(0);
  });

  it("count as unsent until the log's own key signs for them", async () => {
    const server = await new Server().start();
    const { counter } = await phone();
    await sync(counter);
    await serve(counter, 1);
    const log = server.log;
    server.log = await newSigner();
    expect((await sync(counter)).map(({ what }) => what)).toEqual(["unsigned"]);
    expect(counter.unsentCount).toBe(1);
    server.log = log;
  });
});

describe("a refusal of one thing", () => {
  it("keeps nothing else back, and is told in the server's words", async () => {
    const server = await new Server().start();
    const { counter } = await phone();
    await sync(counter);
    await countIn(counter, counter.places[0]!, [], { grain: 40, oil: 25 });
    await serve(counter, 1);
    await counter.note(counter.places[0]!, "complaint", "wet");
    server.refuses = { count: 409 };
    expect((await sync(counter)).map(({ what, said }) => [what, said])).toEqual([["count", "no count now wait"]]);
    expect([server.receipts.size, server.notes.length]).toEqual([1, 1]);
    server.refuses = {};
    expect(await sync(counter)).toEqual([]);
    await sync(counter);
    expect([server.counts.length, server.notes.length]).toEqual([1, 1]);
  });

  it("of the phone itself stops the round: it must be enrolled again", async () => {
    const server = await new Server().start();
    const { counter } = await phone();
    server.refuses = { state: 401 };
    await expect(sync(counter)).rejects.toThrow(Refused);
  });
});

describe("the roll", () => {
  it("whose tags are not those of the public log is not used", async () => {
    const server = await new Server().start();
    const { counter } = await phone(undefined, undefined, false);
    const forged = await rollBytes(3);
    server.roll = forged;
    expect(await sync(counter)).toEqual([{ what: "tags", said: "Alder" }]);
    expect(counter.places[0]!.roll).toBeNull();
    server.roll = await rollBytes();
    expect(await sync(counter)).toEqual([]);
    expect(counter.places[0]!.roll!.size).toBe(4);
  });
});
