/**
 * What lies on the phone. Receipts and notes are only ever added, and an added one is on the disk before anybody is told
 * that it is: losing unsent receipts silently is the worst this app could do.
 */

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Level } from "../flow/recut";

/** The phone as an enrolled device. The private key cannot be read out of the browser. */
export interface Device {
  readonly keys: CryptoKeyPair;
  readonly publicKey: Uint8Array;
  readonly token: string;
  readonly digits: string;
  readonly certified: boolean;
  readonly name: string;
  readonly origin: string;
  readonly programme: string;
  readonly certificate: Uint8Array | null;
}

/** A receipt in the outbox, with what the app needs to know of it at once. */
export interface Entry {
  readonly cycle: string;
  readonly sequence: number;
  readonly point: string;
  readonly tag: Uint8Array;
  readonly hash: Uint8Array;
  readonly raw: Uint8Array;
  readonly items: readonly (readonly [string, number])[];
  /** Reason of an exception; null where a coupon was there. */
  readonly reason: string | null;
  readonly fromReserve: boolean;
  /** Of a supplementary row: its ration, though it comes from the reserve. */
  readonly supplementary?: boolean;
  /** The phone's clock when it was signed, in seconds: shown, never used to decide. */
  readonly at: number;
}

/** The last answer of the server, as its bytes. */
export interface Heard {
  readonly raw: Uint8Array;
  readonly at: number;
}

export interface StoredRoll {
  readonly cycle: string;
  readonly point: string;
  readonly raw: Uint8Array;
  readonly at: number;
}

/** A benefit that was brought down to what came: its level, and every row's ration in the order of the roll. */
export interface StoredCut extends Level {
  readonly counted: number;
  readonly reserve: number;
  readonly units: number;
  readonly rations: readonly number[];
}

/** A line of the count as the clerk entered it. */
export interface CountLine {
  readonly benefit: string;
  readonly lot: string;
  readonly packs: number;
  readonly loose: number;
  readonly damaged: number;
  readonly reason: string;
  /** A day such as "2009-01-31", and the steps of this line; not where an older app counted. */
  readonly bestBefore?: string;
  readonly steps?: number;
}

export interface StoredCount {
  readonly cycle: string;
  readonly point: string;
  readonly counted: Readonly<Record<string, number>>;
  readonly lines: readonly CountLine[];
  readonly cuts: Readonly<Record<string, StoredCut>>;
  readonly cose: Uint8Array;
  readonly at: number;
  readonly sent: boolean;
}

/** A release that this phone made, got, or heard of. */
export interface StoredRelease {
  /** Its SHA-256 in hexadecimal. */
  readonly id: string;
  readonly cycle: string;
  readonly point: string;
  readonly raw: Uint8Array;
  readonly sent: boolean;
  readonly at: number;
}

export interface StoredNote {
  readonly sequence: number;
  readonly cycle: string;
  readonly point: string;
  readonly tag: Uint8Array;
  readonly kind: string;
  readonly text: string;
  readonly raw: Uint8Array;
  readonly at: number;
}

/** How far the server has signed for a device's chain, and the head that closed it here. */
export interface Acknowledged {
  readonly cycle: string;
  readonly receipts: number;
  readonly cose: Uint8Array | null;
}

export interface StoredClose {
  readonly cycle: string;
  readonly head: Uint8Array;
  readonly sent: boolean;
}

export interface Settings {
  readonly language: string;
  readonly clerk: string;
  readonly sound: boolean;
  /** How receipts are printed: empty, by the system's dialog. */
  readonly printer: "" | "serial" | "usb";
  readonly printAll: boolean;
  /** Steps in a pack, by benefit, as the clerk said at the last count. */
  readonly packs: Readonly<Record<string, number>>;
  /** Sequence of the last note the server has. */
  readonly notesSent: number;
}

interface Schema extends DBSchema {
  keep: { key: string; value: unknown };
  rolls: { key: [string, string]; value: StoredRoll };
  outbox: { key: [string, number]; value: Entry };
  counts: { key: [string, string]; value: StoredCount };
  notes: { key: number; value: StoredNote };
  acknowledged: { key: string; value: Acknowledged };
  closes: { key: string; value: StoredClose };
  releases: { key: string; value: StoredRelease };
  /** Cycles as another phone showed them, by cycle and point. */
  /** What is asked of rows of a place, as the server's bytes; photos by the hexadecimal of their SHA-256. */
  factors: { key: [string, string]; value: { cycle: string; point: string; sha256: Uint8Array; raw: Uint8Array } };
  photos: { key: string; value: Uint8Array };
  /** Wrong answers so far, by cycle and tag. */
  tries: { key: string; value: number };
  carried: { key: [string, string]; value: { cycle: string; point: string; raw: Uint8Array } };
}

export type Db = IDBPDatabase<Schema>;
type Name = "keep" | "rolls" | "outbox" | "counts" | "notes" | "acknowledged" | "closes" | "releases" | "carried" | "factors" | "photos" | "tries";

export const NAME = "evenhand-counter";

export function open(name = NAME, closed: () => void = () => {}): Promise<Db> {
  return openDB<Schema>(name, 2, {
    upgrade(db, before) {
      if (before < 2) {
        db.createObjectStore("releases", { keyPath: "id" });
        db.createObjectStore("carried", { keyPath: ["cycle", "point"] });
        db.createObjectStore("factors", { keyPath: ["cycle", "point"] });
        db.createObjectStore("photos");
        db.createObjectStore("tries");
      }
      if (before) return;
      db.createObjectStore("keep");
      db.createObjectStore("rolls", { keyPath: ["cycle", "point"] });
      db.createObjectStore("outbox", { keyPath: ["cycle", "sequence"] });
      db.createObjectStore("counts", { keyPath: ["cycle", "point"] });
      db.createObjectStore("notes", { keyPath: "sequence" });
      db.createObjectStore("acknowledged", { keyPath: "cycle" });
      db.createObjectStore("closes", { keyPath: "cycle" });
    },
    // Another window has a newer app: let it go on, and say so here.
    blocking: (_, __, event) => {
      (event.target as IDBDatabase).close();
      closed();
    },
    terminated: closed,
  });
}

/** Add facts that must not be there yet; on the disk when this returns. */
export async function append(db: Db, facts: { receipts?: readonly Entry[]; notes?: readonly StoredNote[] }): Promise<void> {
  const work = db.transaction(["outbox", "notes"], "readwrite", { durability: "strict" });
  const adding: Promise<unknown>[] = [work.done];
  for (const entry of facts.receipts ?? []) adding.push(work.objectStore("outbox").add(entry));
  for (const note of facts.notes ?? []) adding.push(work.objectStore("notes").add(note));
  await Promise.all(adding);
}

export async function put<N extends Name>(db: Db, store: N, value: Schema[N]["value"], key?: string): Promise<void> {
  const work = db.transaction(store, "readwrite", { durability: "strict" });
  await Promise.all([work.store.put(value, key as never), work.done]);
}

export async function kept<T>(db: Db, key: "device" | "heard" | "settings"): Promise<T | undefined> {
  return (await db.get("keep", key)) as T | undefined;
}
