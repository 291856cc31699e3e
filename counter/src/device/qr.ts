/** Draws a QR as one path, for a screen that another phone reads. The encoder comes when it is first wanted. */

import type * as LeanQr from "lean-qr";

let encoder: typeof LeanQr | null = null;

export async function ready(): Promise<void> {
  encoder ??= await import("lean-qr");
}

/** The side in modules, with the quiet zone, and the path of the dark ones. Null until `ready` has returned. */
export function drawn(text: string): { side: number; path: string } | null {
  if (!encoder) return null;
  const code = encoder.generate(text, { minCorrectionLevel: encoder.correction.L });
  let path = "";
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (!code.get(x, y)) continue;
      const start = x;
      while (code.get(x + 1, y)) x++;
      path += `M${start + QUIET} ${y + QUIET}h${x - start + 1}v1h-${x - start + 1}z`;
    }
  }
  return { side: code.size + 2 * QUIET, path };
}

const QUIET = 4;
