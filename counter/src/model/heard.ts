/** What the server last said (spec/counter-api.md, state), read from its bytes. */

import * as cbor from "../formats/cbor";
import { key, readRow, type RollRow } from "../formats/roll";
import type { Factor } from "../flow/factor";
import type { Benefit } from "../flow/packs";

export interface Expected {
  readonly waybill: string;
  readonly from: string;
  readonly benefit: string;
  readonly steps: number;
}

export interface PointState {
  readonly point: string;
  readonly name: string;
  readonly rows: number;
  readonly tagsSha256: Uint8Array | null;
  readonly expected: readonly Expected[];
  readonly counted: ReadonlyMap<string, number> | null;
  /** Tags, by their keys, to which another device of the point gave: this phone replaces it. */
  readonly given: ReadonlyMap<string, Uint8Array>;
  /** Devices that held the point in this cycle, the earliest first. An older server says nothing of them. */
  readonly holders: readonly string[];
  /** Its holder and its second phones now, with their public keys. */
  readonly phones: ReadonlyMap<string, Uint8Array>;
  readonly releases: readonly Uint8Array[];
  readonly lots: readonly LotState[];
  /** Supplementary lists: number, rows. Their rations are final and come from the reserve. */
  readonly supplements: readonly (readonly [string, readonly RollRow[]])[];
  /** Rows of other rolls that are here with their goods. */
  readonly guests: readonly RollRow[];
  /** Rows the office asks this phone to send to another point: tag, point. */
  readonly moves: readonly (readonly [Uint8Array, string])[];
  /** Held rows by the keys of their tags. */
  readonly held: ReadonlyMap<string, Held>;
  /** SHA-256 of what `GET factors` answers now; null where nothing is asked. */
  readonly factors: Uint8Array | null;
  readonly closed: boolean;
}

/** A batch that lies at the point by the ledger. */
export interface LotState {
  readonly benefit: string;
  readonly lot: string;
  /** A day such as "2009-01-31". */
  readonly bestBefore: string | null;
  readonly steps: number;
  readonly packSteps: number | null;
}

/** Why a row is held, its notice, and where the household can object. */
export interface Held {
  readonly reason: string;
  readonly notice: string;
  readonly where: string;
}

export interface CycleState {
  readonly cycle: string;
  readonly period: string;
  readonly first: string;
  readonly last: string;
  readonly open: boolean;
  readonly title: string;
  readonly benefits: readonly Benefit[];
  readonly head: { readonly receipts: number; readonly hash: Uint8Array | null };
  readonly points: readonly PointState[];
  readonly factor: Factor;
  readonly presence: "coupon" | "pin" | "witness";
}

export interface State {
  readonly now: number;
  readonly origin: string;
  readonly programme: string;
  readonly zone: string;
  readonly demo: boolean;
  readonly device: string;
  readonly logKey: Uint8Array | null;
  readonly cycles: readonly CycleState[];
}

type Map_ = ReadonlyMap<cbor.Key, cbor.Value>;

/** The state in these bytes. CborError where they are not one. */
export function readState(raw: Uint8Array): State {
  const of = map(cbor.loads(raw));
  return {
    now: number(of, "now"), origin: text(of, "origin"), programme: text(of, "programme"), zone: text(of, "zone"),
    demo: of.get("demo") === true, device: text(of, "device"), logKey: bytes(of, "log_key"),
    cycles: list(of, "cycles").map((one) => readCycle(map(one))),
  };
}

/** A cycle as one phone shows it to another. */
export function readCarried(raw: Uint8Array): CycleState {
  return readCycle(map(cbor.loads(raw)));
}

function readCycle(of: Map_): CycleState {
  const head = map(of.get("head") ?? null);
  return {
    cycle: text(of, "cycle"), period: text(of, "period"), first: text(of, "first"), last: text(of, "last"),
    open: text(of, "state") === "open", title: text(of, "title"),
    benefits: list(of, "benefits").map((one) => readBenefit(map(one))),
    head: { receipts: number(head, "receipts"), hash: bytes(head, "hash") },
    points: list(of, "points").map((one) => readPoint(map(one))),
    factor: (of.get("second_factor") ?? "none") as Factor, presence: (of.get("presence") ?? "coupon") as CycleState["presence"],
  };
}

/** Pictures for benefits by the words in their ids; anything else is a parcel. */
const PICTURES: readonly (readonly [RegExp, string])[] = [
  [/grain|rice|wheat|maize|millet|flour|bread|cereal|sorghum/, "grain"],
  [/oil/, "oil"],
  [/egg/, "egg"],
  [/chicken|poultry|meat/, "chicken"],
  [/shoe|cloth/, "shoe"],
  [/coupon|voucher|point/, "coupon"],
];

function readBenefit(of: Map_): Benefit {
  const id = text(of, "id");
  const pack = of.get("pack_steps");
  return {
    id, title: text(of, "title"), unit: text(of, "unit"), kind: text(of, "kind"), step: number(of, "step_base"),
    perUnit: number(of, "base_per_unit") * number(of, "parts"),
    pictogram: PICTURES.find(([word]) => word.test(id))?.[1] ?? "parcel",
    packSteps: typeof pack === "number" ? pack : null,
  };
}

function readPoint(of: Map_): PointState {
  const counted = of.get("counted");
  return {
    point: text(of, "point"), name: text(of, "name"), rows: number(of, "rows"), tagsSha256: bytes(of, "tags_sha256"),
    expected: list(of, "expected").map((one) => {
      const [waybill, from, benefit, steps] = one as [string, string, string, number];
      return { waybill, from, benefit, steps };
    }),
    counted: counted instanceof Map ? (counted as ReadonlyMap<string, number>) : null,
    given: new Map(((of.get("given") ?? []) as Uint8Array[]).map((tag) => [key(tag), tag])),
    holders: (of.get("holders") ?? []) as string[],
    phones: new Map((of.get("phones") ?? []) as [string, Uint8Array][]),
    releases: (of.get("releases") ?? []) as Uint8Array[],
    lots: ((of.get("lots") ?? []) as [string, string, string | null, number, number | null][]).map(
      ([benefit, lot, bestBefore, steps, packSteps]) => ({ benefit, lot, bestBefore, steps, packSteps }),
    ),
    supplements: ((of.get("supplements") ?? []) as [string, cbor.Value[][]][]).map(([number, rows]) => [number, rows.map(readRow)]),
    guests: ((of.get("guests") ?? []) as cbor.Value[][]).map(readRow),
    moves: (of.get("moves") ?? []) as [Uint8Array, string][],
    held: new Map(((of.get("held") ?? []) as [Uint8Array, string, string, string][]).map(([tag, reason, notice, where]) => [key(tag), { reason, notice, where }])),
    factors: bytes(of, "factors"),
    closed: of.get("closed") === true,
  };
}

function map(value: cbor.Value): Map_ {
  if (!(value instanceof Map)) throw new cbor.CborError("a map should stand here");
  return value;
}

function text(of: Map_, name: string): string {
  const found = of.get(name);
  if (typeof found !== "string") throw new cbor.CborError(`"${name}" should be a text`);
  return found;
}

function number(of: Map_, name: string): number {
  const found = of.get(name);
  if (typeof found !== "number") throw new cbor.CborError(`"${name}" should be a number`);
  return found;
}

function list(of: Map_, name: string): cbor.Value[] {
  const found = of.get(name);
  if (!Array.isArray(found)) throw new cbor.CborError(`"${name}" should be a list`);
  return found;
}

function bytes(of: Map_, name: string): Uint8Array | null {
  const found = of.get(name);
  return found instanceof Uint8Array ? found : null;
}
