/** A receipt as ESC/POS raster, read back by a port that understands it as a printer does. */

import { describe, expect, it } from "vitest";
import { raster, send, WIDTH, ways } from "../src/device/printer";

/** What a printer makes of bytes: rows of dots. Throws for anything that is not the commands we use. */
export function printed(bytes: Uint8Array): { rows: boolean[][]; width: number; fed: number; cut: boolean } {
  const rows: boolean[][] = [];
  let [at, width, fed, cut, ready] = [0, 0, 0, false, false];
  const is = (...wanted: number[]): boolean => wanted.every((byte, n) => bytes[at + n] === byte);
  while (at < bytes.length) {
    if (is(0x1b, 0x40)) [at, ready] = [at + 2, true];
    else if (is(0x1d, 0x76, 0x30, 0) && ready) {
      const [across, down] = [bytes[at + 4]! + 256 * bytes[at + 5]!, bytes[at + 6]! + 256 * bytes[at + 7]!];
      width = across * 8;
      at += 8;
      for (let row = 0; row < down; row++, at += across) {
        rows.push(Array.from({ length: width }, (_, x) => Boolean(bytes[at + (x >> 3)]! & (128 >> (x & 7)))));
      }
    } else if (is(0x1b, 0x64)) [fed, at] = [bytes[at + 2]!, at + 3];
    else if (is(0x1d, 0x56, 66)) [cut, at] = [true, at + 4];
    else throw new Error(`not a command at ${at}: ${bytes[at]}`);
  }
  if (at !== bytes.length) throw new Error("the last command is not whole");
  return { rows, width, fed, cut };
}

/** A picture with ink where `ink` says so. */
function picture(width: number, height: number, ink: (x: number, y: number) => boolean): { width: number; height: number; data: Uint8ClampedArray } {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (ink(x, y)) data.fill(0, 4 * (y * width + x), 4 * (y * width + x) + 3);
  return { width, height, data };
}

describe("a receipt as raster", () => {
  it.each([[WIDTH, 1], [WIDTH, 128], [WIDTH, 129], [WIDTH, 700], [100, 20]])("of %i x %i dots comes out dot for dot", (width, height) => {
    const ink = (x: number, y: number): boolean => (x * 7 + y * 13) % 5 === 0;
    const found = printed(raster(picture(width, height, ink)));
    expect(found).toMatchObject({ width: Math.ceil(width / 8) * 8, fed: 4, cut: true });
    expect(found.rows).toHaveLength(height);
    expect(found.rows.every((row, y) => row.every((dot, x) => dot === (x < width && ink(x, y))))).toBe(true);
  });
  it("prints dark colours and nothing of what is pale or not there", () => {
    const data = [13, 81, 56, 255, 200, 200, 200, 255, 0, 0, 0, 0, 0, 0, 0, 255];
    expect(printed(raster({ width: 4, height: 1, data })).rows[0]!.slice(0, 4)).toEqual([true, false, false, true]);
  });
});

describe("a port", () => {
  const bytes = raster(picture(WIDTH, 300, (x) => x % 2 === 0));
  const joined = (parts: Uint8Array[]): number[] => parts.flatMap((part) => [...part]);

  it("on a cable gets all of it in pieces, and is closed again", async () => {
    const [got, calls]: [Uint8Array[], string[]] = [[], []];
    const port = {
      writable: null as WritableStream<Uint8Array> | null,
      async open({ baudRate }: { baudRate: number }) {
        calls.push(`open ${baudRate}`);
        this.writable = new WritableStream({ write: (part: Uint8Array) => void got.push(part.slice()) });
      },
      async close() {
        calls.push("close");
      },
    };
    const of = { serial: { requestPort: async () => port, getPorts: async () => [port] } };
    await send("serial", bytes, of);
    await send("serial", bytes, of);
    expect(joined(got)).toEqual([...bytes, ...bytes]);
    expect(calls).toEqual(["open 115200", "close", "open 115200", "close"]);
    expect(ways(of)).toEqual(["serial"]);
  });

  it("on USB gets it at the bulk endpoint of the printer's interface", async () => {
    const [got, calls]: [Uint8Array[], string[]] = [[], []];
    const device = {
      opened: false, configuration: null as any, status: "ok",
      open: async () => void calls.push("open"), close: async () => void calls.push("close"),
      async selectConfiguration() {
        this.configuration = { interfaces: [
          { interfaceNumber: 0, alternate: { interfaceClass: 3, endpoints: [{ endpointNumber: 1, direction: "out", type: "bulk" }] } },
          { interfaceNumber: 2, alternate: { interfaceClass: 7, endpoints: [{ endpointNumber: 4, direction: "in", type: "bulk" }, { endpointNumber: 3, direction: "out", type: "bulk" }] } },
        ] };
      },
      claimInterface: async (number: number) => void calls.push(`claim ${number}`),
      async transferOut(endpoint: number, part: Uint8Array) {
        expect(endpoint).toBe(3);
        got.push(part.slice());
        return { status: this.status };
      },
    };
    const of = { usb: { requestDevice: async () => device, getDevices: async () => [device] } };
    await send("usb", bytes, of);
    expect([joined(got), calls]).toEqual([[...bytes], ["open", "claim 2", "close"]]);
    device.status = "stall";
    await expect(send("usb", bytes, of)).rejects.toThrow("stall");
    expect(calls.at(-1)).toBe("close");
  });

  it("that is not there says so", async () => {
    await expect(send("serial", bytes, {})).rejects.toThrow("no printer");
    await expect(send("usb", bytes, { usb: { requestDevice: async () => ({}) as never, getDevices: async () => [] } })).rejects.toThrow("no printer");
  });
});
