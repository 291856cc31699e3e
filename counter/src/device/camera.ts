/** The camera and what it sees. It stays open between households, so that the next coupon is read at once. */

export interface Scanner {
  /** Read from now on, and show what is seen in this element if there is one. */
  read(shown: HTMLVideoElement | null): void;
  /** Stop reading; the camera stays open. */
  rest(): void;
  /** Read a coupon again though it never left the picture. */
  forget(): void;
  /** Let go of the camera. */
  close(): void;
  hasLight(): boolean;
  light(on: boolean): Promise<void>;
}

const WIDTH = 640;
const PAUSE = 60;
/** A coupon must be out of the picture this long before it counts as shown again: it often still lies there when the
 * clerk is done with it. */
const AWAY = 1200;

/** Read QR codes from the camera until closed. `seen` gets every text, `failed` what is wrong with the camera. */
export function scanner(seen: (text: string) => void, failed: () => void, opened: () => void): Scanner {
  const worker = new Worker(new URL("./reader.ts", import.meta.url), { type: "module" });
  const canvas = document.createElement("canvas");
  const paint = canvas.getContext("2d", { willReadFrequently: true });
  let stream: MediaStream | null = null;
  // Read from a picture of our own: it goes on while another screen is shown.
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  let shown: HTMLVideoElement | null = null;
  let reading = false;
  let busy = false;
  let able = false;
  let timer = 0;
  let held = "";
  let heldAt = 0;

  worker.onmessage = (event: MessageEvent<{ ready?: true; failed?: string; text?: string | null }>) => {
    if (event.data.failed) return failed();
    if (event.data.ready) able = true;
    else {
      busy = false;
      const { text } = event.data;
      const now = performance.now();
      if (!text) {
        if (now - heldAt > AWAY) held = "";
      } else if (reading) {
        heldAt = now;
        if (text !== held) seen((held = text));
      }
    }
    later();
  };
  worker.onerror = failed;

  function later(): void {
    clearTimeout(timer);
    timer = window.setTimeout(look, PAUSE);
  }

  function look(): void {
    if (!reading || !able || busy || !paint) return;
    if (video.readyState < 2 || !video.videoWidth) {
      later();
      return;
    }
    const scale = Math.min(1, WIDTH / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    paint.drawImage(video, 0, 0, canvas.width, canvas.height);
    busy = true;
    const picture = paint.getImageData(0, 0, canvas.width, canvas.height);
    worker.postMessage(picture, [picture.data.buffer]);
  }

  async function open(): Promise<void> {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1280 } } });
      for (const track of stream.getTracks()) track.onended = () => {
        stream = null;
        reading = false; // the next time a screen asks, it is opened again
      };
      opened();
      play(video);
      if (shown) play(shown);
    } catch {
      failed();
    }
  }

  function play(element: HTMLVideoElement): void {
    if (element.srcObject !== stream) element.srcObject = stream;
    element.play().catch(() => {});
  }

  return {
    read(element) {
      const begins = !reading;
      reading = true;
      shown = element;
      if (!stream && begins) void open();
      else if (stream && element) play(element);
      later();
    },
    rest() {
      reading = false;
      shown = null;
    },
    forget() {
      held = "";
    },
    close() {
      reading = false;
      shown = null;
      held = "";
      for (const track of stream?.getTracks() ?? []) track.stop();
      stream = null;
    },
    hasLight() {
      const track = stream?.getVideoTracks()[0];
      return Boolean((track?.getCapabilities?.() as { torch?: boolean } | undefined)?.torch);
    },
    async light(on) {
      await stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
    },
  };
}
