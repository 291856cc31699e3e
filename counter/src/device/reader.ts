/** Reads QR codes off the main thread. The wasm is our own file: nothing is fetched from another host. */

import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

const ready = prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
const scope = self as unknown as Worker;

ready.then(
  () => scope.postMessage({ ready: true }),
  (error: unknown) => scope.postMessage({ failed: String(error) }),
);

scope.onmessage = async (event: MessageEvent<ImageData>) => {
  await ready;
  const found = await readBarcodes(event.data, { formats: ["QRCode"], tryHarder: false, tryInvert: false, maxNumberOfSymbols: 1 });
  scope.postMessage({ text: found.find((one) => one.isValid)?.text ?? null });
};
