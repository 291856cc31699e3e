/** News of a point that a person carries as a file: supplementary lists and held rows, signed by the log key. */

import * as cbor from "../formats/cbor";
import { arrayOf, CoseError, parse, verify } from "../formats/cose";
import { kept, put, type Heard } from "../store/db";
import type { Counter } from "./counter";

type Of = ReadonlyMap<cbor.Key, cbor.Value>;

/** Why a file cannot be taken. */
export class NoNews extends Error {
  constructor(readonly why: "bad" | "old" | "other") {
    super(why);
  }
}

/** Take in what the file says: lists that are not known are added, held rows are replaced. NoNews where it cannot be. */
export async function takeNews(counter: Counter, raw: Uint8Array): Promise<void> {
  const heard = await kept<Heard>(counter.db, "heard");
  const logKey = counter.state?.logKey;
  if (!heard || !logKey) throw new NoNews("other");
  let said: cbor.Value[];
  try {
    const signed = parse(raw);
    said = arrayOf(signed);
    if (said[0] !== "evenhand/point-news/v1" || said.length !== 6 || !(await verify(signed, logKey))) throw new NoNews("bad");
  } catch (error) {
    throw error instanceof CoseError ? new NoNews("bad") : error;
  }
  const [, programme, cycle, point, at, told] = said as [string, string, string, string, number, Of];
  const state = cbor.loads(heard.raw) as Of;
  const newest = Math.max(state.get("now") as number, (state.get("news") as number | undefined) ?? 0);
  if (programme !== state.get("programme")) throw new NoNews("other");
  if (!(at > newest)) throw new NoNews("old");
  let found = false;
  const cycles = (state.get("cycles") as Of[]).map((one) => {
    if (one.get("cycle") !== cycle) return one;
    const points = (one.get("points") as Of[]).map((place) => {
      if (place.get("point") !== point) return place;
      found = true;
      const known = (place.get("supplements") ?? []) as [string, cbor.Value][];
      const more = (told.get("supplements") as [string, cbor.Value][]).filter(([number]) => !known.some((list) => list[0] === number));
      return new Map<cbor.Key, cbor.Value>([...place, ["supplements", [...known, ...more]], ["held", told.get("held") as cbor.Value]]);
    });
    return new Map<cbor.Key, cbor.Value>([...one, ["points", points]]);
  });
  if (!found) throw new NoNews("other");
  const now = { raw: cbor.dumps(new Map<cbor.Key, cbor.Value>([...state, ["cycles", cycles], ["news", at]])), at: heard.at };
  counter.hear(now); // unreadable rows are refused here, before anything is kept
  await put(counter.db, "keep", now, "heard");
}
