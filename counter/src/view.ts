/** What is on the screen. */

import type { Decision } from "./flow/decide";
import type { FactorRow, Result } from "./flow/factor";
import type { Signed } from "./formats/release";
import type { Share } from "./model/handover";
import type { Found, Place } from "./model/place";
import type { CountLine, Entry, StoredCut } from "./store/db";

/** A household at the counter, and what the clerk has chosen so far. */
export interface Visit {
  readonly found: Found;
  readonly decision: Decision;
  /** Steps to give now; what is less than decided stays due. */
  amounts: Record<string, number>;
  /** Benefits whose amount is being changed. */
  changing: Set<string>;
  who: string;
  /** Reason without a coupon; empty until chosen. */
  why: string;
  asked: boolean;
  /** The second factor that is asked of this row; null where none is. */
  factor: Asked | null;
  /** Who witnesses, in a programme that asks for it. */
  witness: string;
}

export interface Asked {
  readonly row: FactorRow;
  /** The address of the photo, where it is on this phone. */
  readonly photo: string | null;
  typed: string;
  /** Empty until it is known. */
  result: Result | "";
  tries: number;
  said: string;
}

export type WordKind = "refuse" | "hold" | "complaint";

/** What the clerk typed for a benefit at the count, as typed. */
export interface Typed {
  packs: string;
  size: string;
  loose: string;
  damaged: string;
  lot: string;
  best: string;
}

export type View =
  | { at: "elsewhere"; moved: boolean }
  | { at: "gone" }
  | { at: "enrol"; problem: string }
  | { at: "compare"; silent: boolean; problem: string }
  | { at: "today" }
  | { at: "count"; typed: Record<string, Typed[]>; asked: boolean }
  | { at: "recut"; lines: readonly CountLine[]; counted: Record<string, number>; cuts: Record<string, StoredCut> }
  | { at: "scan"; said: string }
  | { at: "number"; digits: string; said: string }
  | { at: "give"; visit: Visit }
  | { at: "already"; visit: Visit }
  | { at: "held"; visit: Visit }
  | { at: "unknown"; tag: Uint8Array }
  | { at: "else"; visit: Visit }
  | { at: "word"; visit: Visit | null; kind: WordKind; tag: Uint8Array; choice: string; text: string; asked: boolean }
  | { at: "done"; entry: Entry; name: string; claim: boolean; unprinted: boolean }
  | { at: "noted"; name: string }
  | { at: "waiting"; find: string }
  | { at: "close"; typed: Record<string, string>; why: string; signed: boolean; saved: string }
  | { at: "queue"; said: string }
  | { at: "offer"; to: string; part: "half" | "all"; what: Share }
  | { at: "shown"; release: Signed; rows: number; texts: readonly string[]; turn: number; withRoll: boolean }
  | { at: "reading"; said: string; have: number; count: number }
  | { at: "taken"; place: Place; release: Signed; rows: number }
  | { at: "other"; found: Found; keeper: string }
  | { at: "settings" }
  | { at: "lost" }
  | { at: "recover"; count: number; said: string }
  | { at: "stuck"; what: "full" | "broken" | "missing"; back: View };
