/**
 * Receipt printers: a picture as ESC/POS raster, sent to a port. A printer's own letters fail on Arabic and Hindi, so it
 * never gets text. Serial (also Bluetooth as the system shows it) and USB; where there is neither, the system's dialog prints.
 */

/** Dots across the paper of a 58 mm printer. */
export const WIDTH = 384;
const BAND = 128;

/** A picture: four bytes a dot, as a canvas has it. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/** ESC/POS for a picture: initialise, bands of raster (GS v 0), feed, cut. */
export function raster({ width, height, data }: Picture): Uint8Array<ArrayBuffer> {
  const across = Math.ceil(width / 8);
  const found: number[] = [0x1b, 0x40];
  for (let top = 0; top < height; top += BAND) {
    const rows = Math.min(BAND, height - top);
    found.push(0x1d, 0x76, 0x30, 0, across & 255, across >> 8, rows & 255, rows >> 8);
    for (let y = top; y < top + rows; y++) {
      for (let byte = 0; byte < across; byte++) {
        let bits = 0;
        for (let bit = 0; bit < 8; bit++) {
          const x = byte * 8 + bit;
          bits = (bits << 1) | Number(x < width && isInk(data, 4 * (y * width + x)));
        }
        found.push(bits);
      }
    }
  }
  found.push(0x1b, 0x64, 4, 0x1d, 0x56, 66, 0);
  return Uint8Array.from(found);
}

function isInk(data: ArrayLike<number>, at: number): boolean {
  const [red, green, blue, alpha] = [0, 1, 2, 3].map((part) => data[at + part] as number) as [number, number, number, number];
  return alpha > 127 && 299 * red + 587 * green + 114 * blue < 128_000;
}

export type Way = "serial" | "usb";

interface SerialPort {
  readonly writable: WritableStream<Uint8Array> | null;
  open(options: { baudRate: number }): Promise<void>;
  close(): Promise<void>;
}

interface UsbDevice {
  readonly opened: boolean;
  readonly configuration: { interfaces: { interfaceNumber: number; alternate: { interfaceClass: number; endpoints: { endpointNumber: number; direction: string; type: string }[] } }[] } | null;
  open(): Promise<void>;
  close(): Promise<void>;
  selectConfiguration(value: number): Promise<void>;
  claimInterface(number: number): Promise<void>;
  transferOut(endpoint: number, data: Uint8Array<ArrayBuffer>): Promise<{ status: string }>;
}

interface Ways {
  readonly serial?: { requestPort(): Promise<SerialPort>; getPorts(): Promise<SerialPort[]> };
  readonly usb?: { requestDevice(of: { filters: { classCode: number }[] }): Promise<UsbDevice>; getDevices(): Promise<UsbDevice[]> };
}

const PRINTERS = 7;
const PIECE = 4096;
const BAUD = 115_200;

/** The ways to a printer that this browser knows. */
export function ways(of: Ways = navigator as Ways): Way[] {
  return (["serial", "usb"] as const).filter((way) => of[way]);
}

/** Let the person choose a printer; after a touch only. Throws where they choose none. */
export async function choose(way: Way, of: Ways = navigator as Ways): Promise<void> {
  if (way === "serial") await of.serial!.requestPort();
  else await of.usb!.requestDevice({ filters: [{ classCode: PRINTERS }] });
}

/** Send to the printer that was chosen. Throws where it does not answer. */
export async function send(way: Way, bytes: Uint8Array<ArrayBuffer>, of: Ways = navigator as Ways): Promise<void> {
  if (way === "serial") {
    const [port] = (await of.serial?.getPorts()) ?? [];
    if (!port) throw new Error("no printer is chosen");
    await port.open({ baudRate: BAUD });
    try {
      const writer = (port.writable as WritableStream<Uint8Array>).getWriter();
      for (let at = 0; at < bytes.length; at += PIECE) await writer.write(bytes.subarray(at, at + PIECE));
      await writer.close();
    } finally {
      await port.close();
    }
    return;
  }
  const device = ((await of.usb?.getDevices()) ?? []).find((one) => outOf(one)) ?? (await of.usb?.getDevices())?.[0];
  if (!device) throw new Error("no printer is chosen");
  if (!device.opened) await device.open();
  try {
    if (!device.configuration) await device.selectConfiguration(1);
    const out = outOf(device);
    if (!out) throw new Error("this is not a printer");
    await device.claimInterface(out.face);
    for (let at = 0; at < bytes.length; at += PIECE) {
      const { status } = await device.transferOut(out.endpoint, bytes.subarray(at, at + PIECE));
      if (status !== "ok") throw new Error(`the printer says ${status}`);
    }
  } finally {
    await device.close();
  }
}

/** The bulk endpoint of the printer's interface. */
function outOf(device: UsbDevice): { face: number; endpoint: number } | null {
  for (const { interfaceNumber, alternate } of device.configuration?.interfaces ?? []) {
    const out = alternate.endpoints.find(({ direction, type }) => direction === "out" && type === "bulk");
    if (alternate.interfaceClass === PRINTERS && out) return { face: interfaceNumber, endpoint: out.endpointNumber };
  }
  return null;
}
