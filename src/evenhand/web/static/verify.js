/* Checks a code against the list of a place, in this browser: the whole list is fetched, and the code goes nowhere.
   What it does is written in spec/formats.md: codes, tags, rolls, rows, records. No library. */
const form = document.getElementById("verify");
const found = document.getElementById("found");
const told = (key) => document.querySelector(`[data-word="${key}"]`).textContent;
const text = new TextEncoder();

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The 16 bytes of a typed code; null if it was mistyped. */
async function decode(typed) {
  const letters = typed.toUpperCase().split(/[:\/=]/).pop().replace(/[- ]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");
  if (letters.length !== 28) return null;
  let number = 0n;
  for (const letter of letters) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return null;
    number = (number << 5n) | BigInt(value);
  }
  if (number >> 10n & 3n) return null;
  const secret = Uint8Array.from({ length: 16 }, (_, at) => Number(number >> BigInt(12 + 8 * (15 - at)) & 255n));
  const [first, second] = await sha256(secret);
  return Number(number & 1023n) === (first << 2 | second >> 6) ? secret : null;
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
}

function join(...parts) {
  const bytes = parts.map((part) => (typeof part === "string" ? text.encode(part) : part));
  const whole = new Uint8Array(bytes.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of bytes) { whole.set(part, at); at += part.length; }
  return whole;
}

const equal = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Canonical CBOR of a short array of texts. */
function cborTexts(words) {
  const head = (major, length) => (length < 24 ? [major | length] : [major | 24, length]);
  return join(Uint8Array.of(0x80 | words.length), ...words.flatMap((word) => {
    const bytes = text.encode(word);
    return [Uint8Array.from(head(0x60, bytes.length)), bytes];
  }));
}

/** What a CBOR item says: integers (as Number), bytes, texts, arrays, null. Throws for anything else. */
function cbor(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const length = (low) => {
    if (low < 24) return low;
    const size = [1, 2, 4, 8][low - 24];
    const value = size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : size === 4 ? view.getUint32(at) : Number(view.getBigUint64(at));
    at += size;
    return value;
  };
  const item = () => {
    const head = view.getUint8(at++);
    if (head === 0xf6) return null;
    const n = length(head & 31);
    switch (head >> 5) {
      case 0: return n;
      case 1: return -1 - n;
      case 2: at += n; return bytes.slice(at - n, at);
      case 3: at += n; return new TextDecoder().decode(bytes.subarray(at - n, at));
      case 4: return Array.from({ length: n }, item);
      default: throw new Error("not CBOR as it is used here");
    }
  };
  return item();
}

/** What a card's secret is for this month: r on the coupon, and what opens its row. */
async function derive(secret) {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const { origin, programme, period } = form.dataset;
  const part = async (purpose) =>
    new Uint8Array(await crypto.subtle.sign("HMAC", key, cborTexts(["evenhand/card/v1", origin, programme, period, purpose])));
  return { r: (await part("r")).slice(0, 16), salt: (await part("salt")).slice(0, 16), seal: await part("seal") };
}

const tagOf = async (r) => (await sha256("evenhand/tag/v1", r)).slice(0, 16);

async function fetched(address) {
  const answer = await fetch(address, { credentials: "omit" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** The row of a tag in a roll or outcome file, or null. */
function rowOf(file, tag) {
  const [, , , , size, rows] = cbor(file);
  for (let at = 0; at < rows.length; at += size) {
    if (equal(rows.subarray(at, at + 16), tag)) return { row: rows.subarray(at, at + size), number: at / size + 1, all: rows.length / size };
  }
  return null;
}

/** The record of a row, opened and compared with what was committed. */
async function open(row, tag, keys) {
  const key = await crypto.subtle.importKey("raw", keys.seal, "AES-GCM", false, ["decrypt"]);
  const nonce = (await sha256(form.dataset.cycle, "1", tag)).slice(0, 12);
  const plain = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData: tag }, key, row.subarray(48)));
  const record = plain.slice(2, 2 + (plain[0] << 8 | plain[1]));
  if (!equal(await sha256("evenhand/row/v1", keys.salt, record), row.subarray(16, 48))) throw new Error("another record");
  return cbor(record);
}

function say(mark, sentence, ...more) {
  found.replaceChildren();
  const notice = document.createElement("div");
  notice.className = mark === "m-not" ? "notice notice--must" : "notice";
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  drawn.setAttribute("class", "mark");
  drawn.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `/static/icons.svg#${mark}`);
  drawn.append(use);
  const words = document.createElement("div");
  for (const [at, line] of [sentence, ...more].entries()) {
    const made = document.createElement(at ? "p" : "h3");
    made.textContent = line;
    words.append(made);
  }
  notice.append(drawn, words);
  found.append(notice);
}

function filled(key, values) {
  return told(key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** `Grain: 20 kg`, for every good of a record. */
function goods(grants) {
  return grants.filter(([, , , steps]) => steps).map(([id, , , steps]) => {
    const good = document.querySelector(`[data-good="${CSS.escape(id)}"]`);
    const amount = good ? (steps * good.dataset.step / good.dataset.per).toLocaleString(`${document.documentElement.lang}-u-nu-latn`, { maximumFractionDigits: 3 }) : steps;
    return good ? `${good.textContent}: ${amount} ${good.dataset.unit}` : `${id}: ${amount}`;
  });
}

async function check() {
  const code = await decode(document.getElementById("code").value);
  if (!code) return say("m-not", told("mistyped"));
  say("m-silent", told("fetching"));
  const roll = await fetched(form.dataset.roll);
  if (hex(await sha256(roll)) !== form.dataset.hash) return say("m-not", told("forged"));
  const keys = await derive(code);
  let tag = await tagOf(keys.r);
  let place = rowOf(roll, tag);
  const slip = Boolean(place);
  if (!place) {
    tag = await tagOf(code);
    place = rowOf(roll, tag);
  }
  if (!place) return say("m-not", told("absent"));
  const lines = [filled("here", { number: place.number, all: place.all })];
  if (slip) {
    const [, card, , , grants] = await open(place.row, tag, keys);
    lines.push(filled("opened", { card }), told("due"), ...goods(grants));
  } else lines.push(told("coupon"));
  const ended = rowOf(await fetched(form.dataset.ended), tag);
  if (ended) lines.push(told(`got.${ended.row[16]}`));
  say("m-done", ...lines);
}

form.hidden = false;
document.getElementById("unscripted").hidden = true;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!globalThis.crypto?.subtle) return say("m-not", told("insecure"));
  check().catch((error) => say("m-not", told("failed"), error.message));
});
/* A code behind # was never sent anywhere: the part behind it stays in the browser. */
if (location.hash.length > 20) {
  document.getElementById("code").value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname + location.search);
}
