/**
 * Bring the phone and the server to the same knowledge: counts, receipts, notes, then what is new. Every call can be
 * repeated without harm, so whatever breaks off is simply done again. Nothing is ever taken out of the outbox.
 */

import * as cbor from "../formats/cbor";
import { concat, equal, hex, sha256 } from "../formats/bytes";
import { readHead } from "../formats/head";
import { Roll } from "../formats/roll";
import { adoptCounts } from "../model/counting";
import type { Counter } from "../model/counter";
import type { Place } from "../model/place";
import { put, type Device, type Entry, type StoredClose, type StoredCount, type StoredNote } from "../store/db";
import { ask, call, query, Refused } from "./api";

const BATCH = 500;

/** What an officer should hear of: the server said no to something, or does not know what it once signed for. */
export interface Trouble {
  readonly what: "refused" | "count" | "receipts" | "notes" | "releases" | "forked" | "unsigned" | "tags" | "roll" | "close";
  readonly said: string;
  /** What the server refused it with. */
  readonly refused?: Refused;
}

/** One round. What it could not settle comes back as troubles; silence and "not known here" are thrown. */
export async function sync(counter: Counter): Promise<Trouble[]> {
  const device = counter.device as Device;
  const troubles: Trouble[] = [];
  // A refusal of one thing never keeps back the others.
  const attempt = async (what: Trouble["what"], work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refused) || error.status === 401 || error.status === 503) throw error;
      troubles.push({ what, said: `${error.message} ${error.remedy}`.trim(), refused: error });
    }
  };
  for (const place of counter.places) {
    if (place.count && !place.count.sent) await attempt("count", () => sendCount(counter, device, place));
  }
  for (const cycle of counter.entries.keys()) await attempt("receipts", () => sendReceipts(counter, device, cycle, troubles));
  await attempt("releases", () => sendReleases(counter, device));
  await attempt("notes", () => sendNotes(counter, device));
  for (const close of await counter.db.getAll("closes")) {
    if (!close.sent) await attempt("close", () => sendClose(counter, device, close));
  }
  const raw = await call("GET", "state", undefined, device);
  const heard = { raw, at: counter.clock() };
  counter.hear(heard);
  await put(counter.db, "keep", heard, "heard");
  await counter.learnReleases();
  await attempt("roll", () => fetchRolls(counter, device, troubles));
  await attempt("roll", () => fetchFactors(counter, device));
  await adoptCounts(counter);
  return troubles;
}

async function sendCount(counter: Counter, device: Device, place: Place): Promise<void> {
  const count = place.count as StoredCount;
  const waybill = (benefit: string): string => place.point.expected.find((one) => one.benefit === benefit)?.waybill ?? "";
  const lines = count.lines.map((line) => [waybill(line.benefit), line.benefit, line.lot, line.packs, line.loose, line.damaged, line.reason]);
  const body = cbor.dumps(new Map<cbor.Key, cbor.Value>([["cose", count.cose], ["lines", lines]]));
  await ask("POST", query("count", { cycle: count.cycle, point: count.point }), body, device);
  await counter.keepCount({ ...count, sent: true });
}

async function sendClose(counter: Counter, device: Device, close: StoredClose): Promise<void> {
  await ask("POST", query("close", { cycle: close.cycle }), close.head, device);
  await put(counter.db, "closes", { ...close, sent: true });
}

async function sendReceipts(counter: Counter, device: Device, cycle: string, troubles: Trouble[]): Promise<void> {
  let waiting = counter.unsent(cycle);
  const sent = new Set<number>();
  while (waiting.length) {
    const batch = waiting.slice(0, BATCH);
    const said = await ask("POST", query("receipts", { cycle }), concat(...batch.map(({ raw }) => raw)), device);
    for (const entry of batch) sent.add(entry.sequence);
    for (const [item, reason] of (said.get("refused") ?? []) as [number, string][]) {
      troubles.push({ what: "refused", said: `${batch[item - 1]?.sequence ?? "?"}: ${reason}` });
    }
    if (said.get("forked")) troubles.push({ what: "forked", said: cycle });
    if (!(await acknowledge(counter, device, cycle, said.get("acknowledged")))) troubles.push({ what: "unsigned", said: cycle });
    // The server names the numbers it misses: those of an earlier round go again.
    const missing = ((said.get("missing") ?? []) as [number, number][]).flatMap(([first, last]) =>
      (counter.entries.get(cycle) ?? []).filter(({ sequence }) => sequence >= first && sequence <= last && !sent.has(sequence)),
    );
    waiting = [...missing, ...waiting.slice(BATCH)];
  }
}

/** Keep the server's signature over the head of our chain; false if it is not one of the log key, or not of our chain. */
async function acknowledge(counter: Counter, device: Device, cycle: string, raw: cbor.Value | undefined): Promise<boolean> {
  const logKey = counter.state?.logKey;
  if (!(raw instanceof Uint8Array) || !logKey) return false;
  const head = await readHead(raw, logKey);
  if (!head || head.programme !== device.programme || head.cycle !== cycle || head.device !== device.name) return false;
  const mine = (counter.entries.get(cycle) ?? []).find((entry: Entry) => entry.sequence === head.receipts);
  if (mine && !(head.hash && equal(head.hash, mine.hash))) return false;
  await put(counter.db, "acknowledged", { cycle, receipts: head.receipts, cose: raw });
  counter.acknowledged.set(cycle, head.receipts);
  return true;
}

async function sendNotes(counter: Counter, device: Device): Promise<void> {
  let waiting = counter.notes.filter(({ sequence }) => sequence > counter.settings.notesSent).slice(0, BATCH);
  while (waiting.length) {
    const { cycle } = waiting[0] as StoredNote;
    const other = waiting.findIndex((note) => note.cycle !== cycle);
    const batch = other < 0 ? waiting : waiting.slice(0, other);
    await ask("POST", query("notes", { cycle }), concat(...batch.map(({ raw }) => raw)), device);
    await counter.keepSettings({ notesSent: (batch.at(-1) as StoredNote).sequence });
    waiting = waiting.slice(batch.length);
  }
}

async function sendReleases(counter: Counter, device: Device): Promise<void> {
  for (const { sent, cycle, raw, signed } of counter.releases.values()) {
    if (sent) continue;
    await ask("POST", query("releases", { cycle }), raw, device);
    await counter.keepRelease(signed, true);
  }
}

/** Photos in one round: the rest follows in the next. */
const PHOTOS = 20;

async function fetchFactors(counter: Counter, device: Device): Promise<void> {
  let photos = PHOTOS;
  for (const place of counter.places) {
    const wanted = place.point.factors;
    if (!wanted || !place.roll) continue;
    const at = { cycle: place.cycle.cycle, point: place.point.point };
    if (!equal(counter.factorsOf(place)?.sha256 ?? new Uint8Array(), wanted)) {
      const raw = await call("GET", query("factors", at), undefined, device);
      if (!equal(await sha256(raw), wanted)) continue; // changed meanwhile: the next round
      await counter.keepFactors(place, wanted, raw);
    }
    for (const [tag, { photo }] of counter.factorsOf(place)?.rows ?? []) {
      if (!photo || photos <= 0 || (await counter.db.getKey("photos", hex(photo)))) continue;
      photos -= 1;
      const found = cbor.loads(await call("GET", query("photo", { ...at, tag }), undefined, device));
      if (found instanceof Uint8Array && equal(await sha256(found), photo)) await put(counter.db, "photos", found, hex(photo));
    }
  }
}

async function fetchRolls(counter: Counter, device: Device, troubles: Trouble[]): Promise<void> {
  for (const { cycle, point, roll } of counter.places) {
    // A committed roll never changes: one that is here is the one.
    if (roll) continue;
    const raw = await call("GET", query("roll", { cycle: cycle.cycle, point: point.point }), undefined, device);
    const found = Roll.read(raw);
    const right = found.cycle === cycle.cycle && found.point === point.point;
    if (!right || (point.tagsSha256 && !equal(await found.tagsSha256(), point.tagsSha256))) {
      troubles.push({ what: "tags", said: point.name });
      continue;
    }
    await counter.keepRoll(found);
  }
}
