/** The second factor of a visit: what is asked, whether what was said fits, and what the receipt then proves. */

import { fits, DIFFERS, NO_FACTOR, TRIES } from "../flow/factor";
import type { Asked, Visit } from "../view";
import { t } from "../words";
import type { Counter } from "./counter";
import type { Found } from "./place";
import type { Bytes } from "../formats/bytes";

let shown = "";

/** What is asked of who came; null where nothing is, or nothing can be tested here. */
export async function asked(counter: Counter, found: Found): Promise<Asked | null> {
  const { place, row, presented } = found;
  const coupon = "r" in presented;
  // Without its coupon nothing can be tested here, and the visit is an exception of its own anyway.
  if (place.cycle.factor === "none" || !(coupon || place.cycle.presence === "pin")) return null;
  const factor = counter.factorOf(place, row.tag);
  if (!factor) return place.cycle.presence === "pin" ? { row: { check: null, question: null, photo: null }, photo: null, typed: "", result: "none", tries: 0, said: "" } : null;
  const picture = await counter.photo(factor);
  if (shown) URL.revokeObjectURL(shown);
  shown = picture ? URL.createObjectURL(new Blob([picture as Bytes])) : "";
  const tries = await counter.tried(place, row.tag, false);
  const result = place.cycle.factor === "photo" ? (picture ? "held" : "none") : tries >= TRIES ? "differs" : "";
  return { row: factor, photo: shown || null, typed: "", result, tries, said: "" };
}

/** Whether it is known how the factor went; where it is not, `said` tells what to do. */
export async function settled(counter: Counter, found: Found, of: Asked): Promise<boolean> {
  if (of.result) return true;
  if (!of.typed.trim()) {
    of.said = t("factor.ask");
    return false;
  }
  const { place, row, presented } = found;
  const device = counter.device!;
  if (await fits(of.typed, of.row, "r" in presented ? presented.r : null, device.origin, device.programme, row.card)) {
    of.result = "held";
    return true;
  }
  of.tries = await counter.tried(place, row.tag, true);
  of.typed = "";
  of.said = of.tries < TRIES ? t("factor.wrong", { n: TRIES - of.tries }) : "";
  if (of.tries >= TRIES) of.result = "differs"; // said on the screen, and served with the next tap
  return false;
}

/** What stands on the receipt: r only where nothing was missing. */
export function proofOf(visit: Visit, factor: Asked | null): Uint8Array | string {
  const { presented } = visit.found;
  if ("exception" in presented && visit.why !== "pin") return visit.why;
  if (factor?.result === "none") return NO_FACTOR;
  if (factor?.result === "differs") return DIFFERS;
  return "exception" in presented ? visit.why : visit.decision.proof;
}
