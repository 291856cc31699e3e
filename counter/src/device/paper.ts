/** A receipt drawn for a narrow printer: black on white, in the reader's language and direction. */

import { WIDTH, type Picture } from "./printer";

/** A line: words at the start, and at the end; large, or small. */
export interface Line {
  readonly start: string;
  readonly end?: string;
  readonly size?: "large" | "small";
  /** Read from left to right whatever the language: codes, numbers. */
  readonly ltr?: boolean;
}

const SIZES = { large: 38, normal: 26, small: 20 };
const FAMILY = '"Noto Sans", "Noto Sans Arabic", "Noto Sans Devanagari", system-ui, sans-serif';
const MARGIN = 8;

/** The lines as a picture of a printer's width; a rule where a line has no words. */
export function draw(lines: readonly Line[], rtl: boolean): Picture {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  const paint = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  const font = (line: Line): number => SIZES[line.size ?? "normal"];
  const set = (line: Line): void => {
    paint.font = `${line.size === "large" ? "700 " : ""}${font(line)}px ${FAMILY}`;
    paint.direction = rtl && !line.ltr ? "rtl" : "ltr";
  };
  const broken = lines.flatMap((line) => {
    set(line);
    return wrap(line, (text) => paint.measureText(text).width);
  });
  const height = (line: Line): number => (line.start || line.end ? Math.round(font(line) * 1.55) : 14);
  canvas.height = broken.reduce((sum, line) => sum + height(line), 2 * MARGIN);
  paint.fillStyle = "#fff";
  paint.fillRect(0, 0, canvas.width, canvas.height);
  paint.fillStyle = "#000";
  paint.textBaseline = "middle";
  let top = MARGIN;
  for (const line of broken) {
    set(line);
    const middle = top + height(line) / 2;
    if (!line.start && !line.end) paint.fillRect(MARGIN, middle, WIDTH - 2 * MARGIN, 2);
    const [near, far] = rtl ? [WIDTH - MARGIN, MARGIN] : [MARGIN, WIDTH - MARGIN];
    paint.textAlign = rtl ? "right" : "left";
    paint.fillText(line.start, near, middle);
    paint.textAlign = rtl ? "left" : "right";
    paint.fillText(line.end ?? "", far, middle);
    top += height(line);
  }
  return paint.getImageData(0, 0, canvas.width, canvas.height);
}

/** A line broken at its spaces where it is too long; what stands at its end stays with the last part. */
function wrap(line: Line, width: (text: string) => number): Line[] {
  const room = WIDTH - 2 * MARGIN - (line.end ? width(line.end) + 16 : 0);
  const parts = [""];
  for (const word of line.start.split(" ")) {
    const longer = parts.at(-1) ? `${parts.at(-1)} ${word}` : word;
    if (parts.at(-1) && width(longer) > room) parts.push(word);
    else parts[parts.length - 1] = longer;
  }
  return parts.map((start, at) => (at === parts.length - 1 ? { ...line, start } : { ...line, start, end: "" }));
}
