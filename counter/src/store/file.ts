/** The outbox as a file that a person carries: a CBOR sequence of receipts, which the office enters. */

import { concat } from "../formats/bytes";
import type { Entry } from "./db";

export function fileName(device: string, cycle: string): string {
  return `${device}-${cycle}.cbor`.replace(/[^\w.-]+/g, "-");
}

export function fileOf(entries: readonly Entry[]): Blob {
  return new Blob([concat(...entries.map(({ raw }) => raw))], { type: "application/cbor-seq" });
}

/** Share it where the phone can, else save it. */
export async function save(name: string, blob: Blob): Promise<void> {
  const file = new File([blob], name, { type: blob.type });
  if (navigator.canShare?.({ files: [file] })) {
    try {
      return await navigator.share({ files: [file] });
    } catch (error) {
      if ((error as Error).name === "AbortError") throw error;
    }
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
