/** Tones and vibration: what the clerk hears while looking at the household. */

let audio: AudioContext | null = null;

/** Browsers let a page sound only after a touch: call it at the first one. */
export function wake(): void {
  audio ??= new AudioContext();
  void audio.resume();
}

function tone(frequency: number, after: number, seconds: number): void {
  if (audio?.state !== "running") return;
  const begin = audio.currentTime + after;
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.frequency.value = frequency;
  volume.gain.setValueAtTime(0.25, begin);
  volume.gain.exponentialRampToValueAtTime(0.001, begin + seconds);
  source.connect(volume).connect(audio.destination);
  source.start(begin);
  source.stop(begin + seconds);
}

/** Given: two rising tones, one long buzz. */
export function given(sound: boolean): void {
  if (sound) [[660, 0], [990, 0.12]].forEach(([pitch, after]) => tone(pitch as number, after as number, 0.3));
  navigator.vibrate?.(180);
}

/** Something to look at: two equal low tones, two short buzzes. */
export function look(sound: boolean): void {
  if (sound) [0, 0.22].forEach((after) => tone(260, after, 0.2));
  navigator.vibrate?.([80, 80, 80]);
}

/** A coupon was read: one short click. */
export function read(sound: boolean): void {
  if (sound) tone(880, 0, 0.08);
  navigator.vibrate?.(30);
}
