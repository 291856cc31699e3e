/** Tags and ties (spec/formats.md, Cards). The counter never holds a card's secret, only what a coupon shows. */

import { concat, sha256, utf8, type Bytes } from "./bytes";

const DOMAIN = utf8("evenhand/tag/v1");

/** The tag of a coupon: SHA-256("evenhand/tag/v1" || r), 16 bytes. */
export async function tagOf(r: Uint8Array): Promise<Bytes> {
  return (await sha256(concat(DOMAIN, r))).slice(0, 16);
}

/** The tie-break of a row: SHA-256(seed || tag || benefit); the smallest goes first. */
export async function tie(seed: Uint8Array, tag: Uint8Array, benefit: string): Promise<Bytes> {
  return sha256(concat(seed, tag, utf8(benefit)));
}

const CARD = utf8("evenhand/card-id/v1");

/** What the server keeps of a card: SHA-256("evenhand/card-id/v1" || the id in its QR), 16 bytes. */
export async function cardMark(id: Uint8Array): Promise<Bytes> {
  return (await sha256(concat(CARD, id))).slice(0, 16);
}
