/** A USB or Bluetooth scanner types what it reads, fast, and ends with Enter. People who type are slower than that. */

const GAP = 80;
const LEAST = 10;

export function wedge(seen: (text: string) => void): void {
  let typed = "";
  let last = 0;
  document.addEventListener(
    "keydown",
    (event) => {
      const typing = (event.target as Element | null)?.closest?.("input, select, textarea");
      if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
      const now = event.timeStamp;
      if (now - last > GAP) typed = "";
      last = now;
      if (event.key === "Enter" && typed.length >= LEAST) {
        event.preventDefault();
        event.stopPropagation();
        seen(typed);
        typed = "";
      } else if (event.key.length === 1) typed += event.key;
    },
    { capture: true },
  );
}
