/** Rows from one phone of a point to another, without a network: chosen, signed, shown, read. */

import * as cbor from "../formats/cbor";
import { RANGES_MAX, read, write, type Signed } from "../formats/release";
import { handover as pack, type Handover } from "../formats/packets";
import { equal } from "../formats/bytes";
import { key, Roll } from "../formats/roll";
import type { Steps } from "../flow/decide";
import { kept, type Device, type Heard } from "../store/db";
import { adopt } from "./counting";
import { signerOf, type Counter } from "./counter";
import { had, isMine, type Place } from "./place";
import { dueOf, reserveLeft } from "./stock";

/** Runs of rows in one release: few enough for one or a few QRs. */
const RUNS_MAX = 60;

/** What would go: runs of rows (first and last index), how many, their rations, and the reserve that goes with them. */
export interface Share {
  readonly runs: readonly (readonly [number, number])[];
  readonly rows: number;
  readonly of: number;
  readonly due: Steps;
  readonly reserve: Steps;
}

/** Half of the rows that had nothing yet, or all; the largest runs first. Who had something stays where it was. */
export function share(place: Place, part: "half" | "all"): Share {
  const roll = place.roll as Roll;
  const free: [number, number][] = [];
  let all = 0;
  for (let index = 0; index < roll.own; index++) {
    const { tag } = roll.row(index);
    if (!isMine(place, index) || had(place, tag) || place.book.count(tag)) continue;
    all += 1;
    const last = free.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else free.push([index, index]);
  }
  let left = part === "all" ? all : Math.ceil(all / 2);
  const runs: [number, number][] = [];
  for (const [first, last] of free.sort((a, b) => b[1] - b[0] - (a[1] - a[0]))) {
    if (!left || runs.length === (part === "all" ? RANGES_MAX : RUNS_MAX)) break;
    const taken = Math.min(left, last - first + 1);
    runs.push([first, first + taken - 1]);
    left -= taken;
  }
  runs.sort((a, b) => a[0] - b[0]);
  const rows = runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const due = dueOf(place, (index) => runs.some(([first, last]) => first <= index && index <= last));
  const reserve = Object.fromEntries(
    Object.entries(reserveLeft(place)).map(([id, steps]) => [id, all ? Math.floor((Math.max(0, steps) * rows) / all) : 0]),
  );
  return { runs, rows, of: all, due, reserve };
}

/** Sign that these rows go to phone `to`. From now on this phone refuses them, whatever the other one does. */
export async function handOver(counter: Counter, place: Place, to: string, what: Share): Promise<Signed> {
  const device = counter.device as Device;
  const cycle = place.cycle.cycle;
  const tags = (place.roll as Roll).tagList();
  const last = counter.entries.get(cycle)?.at(-1);
  const own = [...counter.releases.values()].filter(({ signed }) => signed.device === device.name).map(({ signed }) => signed.number);
  const signed = await write(
    {
      number: Math.max(0, ...own) + 1, programme: device.programme, cycle, point: place.point.point, device: device.name, to,
      receipts: last?.sequence ?? place.cycle.head.receipts, head: last?.hash ?? place.cycle.head.hash,
      ranges: what.runs.map(([first, end]) => [tags[first] as Uint8Array, tags[end] as Uint8Array]),
      reserve: Object.entries(what.reserve).filter(([, steps]) => steps),
    },
    signerOf(device),
  );
  await counter.keepRelease(signed, false);
  return signed;
}

/** Rows the office wants at other points, and that are still this phone's. */
export function toMove(place: Place): { index: number; to: string }[] {
  return place.point.moves.flatMap(([tag, to]) => {
    const index = place.roll?.byTag(tag) ?? -1;
    return index >= 0 && index < (place.roll as Roll).own && isMine(place, index) ? [{ index, to }] : [];
  });
}

/** Sign that a row collects at another point from now on. */
export function moveAway(counter: Counter, place: Place, index: number, to: string): Promise<Signed> {
  return handOver(counter, place, `point:${to}`, { runs: [[index, index]], rows: 1, of: 1, due: {}, reserve: {} });
}

/** What the other phone reads. With the roll only where it has none: it is long. */
export async function packetOf(counter: Counter, place: Place, release: Signed, withRoll: boolean): Promise<Uint8Array> {
  const counted = place.count ? new Map(Object.entries(place.count.counted)) : place.point.counted;
  return pack({ release: release.raw, counted, cycle: await cycleOf(counter, place), roll: withRoll ? (place.roll as Roll).raw : null });
}

/** The cycle as the server spoke of it, with this point alone and without what is only this phone's. */
async function cycleOf(counter: Counter, place: Place): Promise<cbor.Value> {
  type Of = ReadonlyMap<cbor.Key, cbor.Value>;
  const heard = await kept<Heard>(counter.db, "heard");
  const known = heard ? ((cbor.loads(heard.raw) as Of).get("cycles") as Of[]) : [];
  const carried = await counter.db.get("carried", [place.cycle.cycle, place.point.point]);
  const cycle = known.find((one) => one.get("cycle") === place.cycle.cycle) ?? (cbor.loads((carried as { raw: Uint8Array }).raw) as Of);
  const point = (cycle.get("points") as Of[]).find((one) => one.get("point") === place.point.point) as Of;
  const bare: Record<string, cbor.Value> = { given: [], guests: [], moves: [], releases: place.releases.map(({ raw }) => raw), supplements: [], factors: null, lots: [], closed: false };
  const told = new Map<cbor.Key, cbor.Value>([...point].map(([name, value]) => [name, typeof name === "string" && name in bare ? (bare[name] as cbor.Value) : value]));
  return new Map<cbor.Key, cbor.Value>([...cycle, ["points", [told]], ["head", new Map<cbor.Key, cbor.Value>([["receipts", 0], ["hash", null]])]]);
}

/** Why a handover that was read cannot be taken. */
export class NotForUs extends Error {
  constructor(readonly why: "other" | "unknown" | "no list") {
    super(why);
  }
}

/** Take the rows that another phone of this point hands over. NotForUs where it cannot be. */
export async function take(counter: Counter, told: Handover): Promise<{ place: Place; release: Signed }> {
  const device = counter.device as Device;
  const release = await read(told.release);
  const { programme, cycle, point, to, device: from } = release;
  if (programme !== device.programme || to !== device.name || !counter.state) throw new NotForUs("other");
  const keys = counter.places.filter((one) => one.point.point === point).map((one) => one.point.phones.get(from));
  const known = keys.find(Boolean);
  if (known) await read(told.release, known);
  else if (![...counter.releases.values()].some(({ signed }) => signed.point === point && signed.to === from)) throw new NotForUs("unknown");
  const find = (): Place | undefined => counter.places.find((one) => one.cycle.cycle === cycle && one.point.point === point);
  if (!find()) await counter.keepCarried(cbor.dumps(told.cycle));
  const place = find();
  if (!place) throw new NotForUs("other");
  if (!place.roll) {
    const roll = told.roll && Roll.read(told.roll);
    const right = roll && roll.cycle === cycle && roll.point === point;
    if (!right || (place.point.tagsSha256 && !equal(await roll.tagsSha256(), place.point.tagsSha256))) throw new NotForUs("no list");
    await counter.keepRoll(roll);
  }
  const counted = told.counted ?? place.point.counted;
  if (counted && !place.count) await adopt(counter, find() as Place, counted);
  await counter.keepRelease(release, false);
  return { place: find() as Place, release };
}

/** How many of the roll's rows a release names. */
export function rowsOf(place: Place, release: Signed): number {
  const tags = (place.roll as Roll).tagList().map((tag) => key(tag));
  return release.ranges.reduce((sum, [first, last]) => {
    const [a, b] = [key(first), key(last)];
    return sum + tags.filter((tag) => a <= tag && tag <= b).length;
  }, 0);
}
