/** Decide: the one rule of what is handed over. Twin of the server's, bound to it by spec/cases/decide.json. */

import { equal } from "../formats/bytes";
import { tagOf } from "../formats/tag";

export const NOT_ON_ROLL = "not on roll";
/** The tag of a receipt for somebody who has neither a row nor a coupon here. */
export const NO_TAG = new Uint8Array(16);

/** Steps by benefit. */
export type Steps = Readonly<Record<string, number>>;

/** The exception by which a held row is served; it is looked into later, as every exception is. */
export const HELD = "held";

/**
 * A row as its holder knows it: steps due in the policy's order, and steps given so far (null: nobody has come yet).
 * `fromReserve`: of a supplementary list, served from the reserve. `held`: two officers hold it, with a reason and a notice.
 */
export interface Row {
  readonly tag: Uint8Array;
  readonly due: Steps;
  readonly given: Steps | null;
  readonly fromReserve?: boolean;
  readonly held?: boolean;
}

/** What was shown: r of a coupon, or the reason of an exception. */
export type Presented = { readonly r: Uint8Array } | { readonly exception: string };

/**
 * What to do. `items` (none of them 0) are to be handed over, `claim` is what the household is still owed because the
 * reserve ends. `proof` and `tag` go on the receipt. `refuse` makes no receipt and there is always another way on.
 */
export interface Decision {
  readonly verdict: "give" | "contested" | "not-on-roll" | "refuse";
  readonly tag: Uint8Array;
  readonly proof: Uint8Array | string;
  readonly items: Steps;
  readonly claim: Steps;
  readonly fromReserve: boolean;
}

/**
 * Whether and what to hand over for `row` (null: no row of this roll), with `reserve` steps left at the point.
 *
 * A row not yet given in full gets what is still due, by coupon or by exception. A row already given gets a contested
 * receipt and its ration again from the reserve, as far as that goes. Somebody not on the roll gets the `emergency`
 * ration from the reserve. Nobody's unredeemed ration is ever touched: a row of a supplementary list gets what is left of
 * its ration as far as `reserve` goes (benefits that it does not name have no end), and for everybody else `reserve` is
 * without what such rows have yet to collect. A held row is served by the exception `held` alone.
 */
export async function decide(row: Row | null, presented: Presented, reserve: Steps, emergency: Steps = {}): Promise<Decision> {
  const r = "r" in presented ? presented.r : null;
  const exception = "exception" in presented ? presented.exception : "";
  const refuse = (): Decision => {
    return { verdict: "refuse", tag: row ? row.tag : NO_TAG, proof: "", items: {}, claim: {}, fromReserve: false };
  };
  if (r ? r.length !== 16 : !exception) return refuse();
  const tag = r ? await tagOf(r) : null;
  if (!row) {
    return { verdict: "not-on-roll", tag: tag ?? NO_TAG, proof: NOT_ON_ROLL, ...fromReserve(emergency, reserve), fromReserve: true };
  }
  if (tag && !equal(tag, row.tag)) return refuse();
  if (row.held && exception !== HELD) return refuse();
  const proof = r ?? exception;
  const left = leftOf(row.due, row.given ?? {});
  if (row.fromReserve && (!row.given || Object.keys(left).length)) {
    const { items, claim } = fromReserve(left, { ...left, ...reserve });
    const empty = Object.keys(left).length > 0 && !Object.keys(items).length;
    return empty ? { ...refuse(), claim } : { verdict: "give", tag: row.tag, proof, items, claim, fromReserve: true };
  }
  if (!row.given || Object.keys(left).length) return { verdict: "give", tag: row.tag, proof, items: left, claim: {}, fromReserve: false };
  return { verdict: "contested", tag: row.tag, proof, ...fromReserve(row.due, reserve), fromReserve: true };
}

function fromReserve(due: Steps, reserve: Steps): { items: Steps; claim: Steps } {
  const items: Record<string, number> = {};
  const claim: Record<string, number> = {};
  for (const [benefit, steps] of Object.entries(due)) {
    items[benefit] = Math.min(steps, Math.max(0, reserve[benefit] ?? 0));
    claim[benefit] = steps - (items[benefit] as number);
  }
  return { items: nonzero(items), claim: nonzero(claim) };
}

/** What of `due` is not given yet; none of it 0. */
export function leftOf(due: Steps, given: Steps): Steps {
  return nonzero(Object.fromEntries(Object.entries(due).map(([benefit, steps]) => [benefit, Math.max(0, steps - (given[benefit] ?? 0))])));
}

export function nonzero(steps: Steps): Steps {
  return Object.fromEntries(Object.entries(steps).filter(([, count]) => count));
}
