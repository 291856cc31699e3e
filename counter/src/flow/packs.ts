/** How a quantity is said: in the benefit's unit, and as packs and loose units. Exact: never a float. */

/** What the app knows of a benefit. */
export interface Benefit {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** Base units of one hand-out step. */
  readonly step: number;
  /** Base units of one `unit`. */
  readonly perUnit: number;
  readonly kind: string;
  readonly pictogram: string;
  /** Steps in one pack as it is delivered; null where goods come loose. */
  readonly packSteps: number | null;
}

/** `steps` as a decimal number of the benefit's unit, as "8.5"; a part that does not end is a fraction, as "1/12". */
export function inUnits(steps: number, benefit: Benefit, group = ","): string {
  const base = BigInt(steps) * BigInt(benefit.step);
  const per = BigInt(benefit.perUnit);
  const whole = String(base / per).replace(/\B(?=(\d{3})+$)/g, group);
  let rest = base % per;
  if (!rest) return whole;
  let digits = "";
  for (let places = 0; rest && places < 6; places++) {
    rest *= 10n;
    digits += String(rest / per);
    rest %= per;
  }
  if (!rest) return `${whole}.${digits}`;
  return fraction(base % per, per, base / per ? `${whole} ` : "");
}

function fraction(num: bigint, den: bigint, before: string): string {
  let [a, b] = [num, den];
  while (b) [a, b] = [b, a % b];
  return `${before}${num / a}/${den / a}`;
}

/** Whole packs and loose steps of a quantity. */
export function packed(steps: number, benefit: Benefit): { packs: number; loose: number } {
  if (!benefit.packSteps) return { packs: 0, loose: steps };
  return { packs: Math.floor(steps / benefit.packSteps), loose: steps % benefit.packSteps };
}
