/** What people type and coupons show: card numbers, and codes of 16 bytes (spec/formats.md, Cards). */

import { sha256, type Bytes } from "./bytes";

export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ALIKE: Record<string, string> = { I: "1", L: "1", O: "0" };

/** A number or code that was mistyped. */
export class CodeError extends Error {}

/** Ten digits: a serial of eight and two check digits, ISO 7064 MOD 97-10. */
export function cardNumber(serial: number): string {
  if (!Number.isInteger(serial) || serial < 0 || serial >= 1e8) throw new CodeError("a card serial has at most eight digits");
  return String(serial).padStart(8, "0") + String(98 - ((serial * 100) % 97)).padStart(2, "0");
}

/** `text` without spaces. CodeError if its check digits do not fit. */
export function checkCardNumber(text: string): string {
  const digits = text.replaceAll(" ", "");
  if (!/^[0-9]{10}$/.test(digits) || cardNumber(Number(digits.slice(0, 8))) !== digits) {
    throw new CodeError("not a card number: its check digits do not fit");
  }
  return digits;
}

async function checkBits(secret: Uint8Array): Promise<bigint> {
  const digest = await sha256(secret);
  return ((BigInt(digest[0] as number) << 8n) | BigInt(digest[1] as number)) >> 6n;
}

/** 16 bytes as 28 letters of Crockford's base 32 in groups of four. */
export async function encode(secret: Uint8Array): Promise<string> {
  if (secret.length !== 16) throw new CodeError("a code holds 16 bytes");
  let number = 0n;
  for (const byte of secret) number = (number << 8n) | BigInt(byte);
  number = (number << 12n) | (await checkBits(secret));
  let letters = "";
  for (let shift = 135n; shift >= 0n; shift -= 5n) letters += ALPHABET[Number((number >> shift) & 31n)];
  return (letters.match(/.{4}/g) as string[]).join("-");
}

/** The 16 bytes of a code; small letters, spaces, hyphens, I, L and O are understood. CodeError if mistyped. */
export async function decode(text: string): Promise<Bytes> {
  if (/[^\x00-\x7f]/.test(text)) throw new CodeError("a code has plain letters and digits only");
  let number = 0n;
  let count = 0;
  for (const letter of text.toUpperCase()) {
    if (letter === "-" || letter === " ") continue;
    const value = ALPHABET.indexOf(ALIKE[letter] ?? letter);
    if (value < 0) throw new CodeError(`"${letter}" is not a letter of a code`);
    count += 1;
    if (count > 28) break;
    number = (number << 5n) | BigInt(value);
  }
  if (count !== 28) throw new CodeError("a code has 28 letters and digits");
  if ((number >> 10n) & 3n) throw new CodeError("the code was mistyped");
  const secret = new Uint8Array(16);
  let left = number >> 12n;
  for (let at = 15; at >= 0; at--, left >>= 8n) secret[at] = Number(left & 255n);
  if ((number & 1023n) !== (await checkBits(secret))) throw new CodeError("the code was mistyped: its last two letters do not fit");
  return secret;
}

/** Six letters of a hash that people read to each other: the first 30 bits, as "K7M 2QX". */
export function shortCode(hash: Uint8Array): string {
  const [a, b, c, d] = hash as unknown as [number, number, number, number];
  const number = a * 0x400000 + b * 0x4000 + c * 0x40 + (d >> 2);
  let letters = "";
  for (let power = 32 ** 5; power >= 1; power /= 32) letters += ALPHABET[Math.floor(number / power) % 32];
  return `${letters.slice(0, 3)} ${letters.slice(3)}`;
}
