/** A second queue: rows go from one phone of the point to another, who gives to whom said plainly on both. */

import { html, nothing, svg } from "lit-html";
import type { App } from "../app";
import * as signals from "../device/signals";
import { drawn, ready } from "../device/qr";
import { CborError } from "../formats/cbor";
import { Collector, FrameError, pieces } from "../formats/frames";
import { introduce, readPacket, type Handover } from "../formats/packets";
import { ReleaseError, type Signed } from "../formats/release";
import { RollError } from "../formats/roll";
import { handOver, NotForUs, packetOf, rowsOf, share, take } from "../model/handover";
import { isSecond, mine, queueNumber, served, type Place } from "../model/place";
import type { Steps } from "../flow/decide";
import type { View } from "../view";
import { t } from "../words";
import { counterName } from "./other";
import { bar, link, main, rationLine, title, type Screen } from "./parts";
import { onHand } from "../model/stock";

const collector = new Collector();
/** Other phones of this point that were read here. */
const met = new Set<string>();
/** The QR that says which phone this is. */
let introduction = "";

/** To the phones of this point: which they are, and which rows went where. */
export async function open(app: App): Promise<void> {
  const { device } = app.counter;
  await ready();
  if (device) introduction = (await pieces(introduce({ origin: device.origin, programme: device.programme, device: device.name })))[0] as string;
  app.go({ at: "queue", said: "" });
}

/** Half of the list for another phone; from a second one all of it goes back. */
function toOffer(app: App, to: string): void {
  const place = app.place as Place;
  const part = isSecond(place) ? "all" : "half";
  app.go({ at: "offer", to, part, what: share(place, part) });
}

/** Show a release until the other phone has read it. */
async function show(app: App, release: Signed, withRoll = false): Promise<void> {
  const place = app.counter.again(app.place as Place);
  await ready();
  const texts = await pieces(await packetOf(app.counter, place, release, withRoll));
  app.go({ at: "shown", release, rows: rowsOf(place, release), texts, turn: 0, withRoll });
}

/** The next QR of a series. */
export function turn(app: App): void {
  if (app.view.at !== "shown") return;
  app.view.turn += 1;
  app.draw();
}

/** A piece of what another phone shows was read. */
export async function piece(app: App, text: string): Promise<void> {
  const say = (said: string): void => {
    if (said) signals.look(app.counter.settings.sound);
    app.go({ at: "reading", said, have: collector.have, count: collector.count });
  };
  try {
    const packet = await collector.add(text);
    if (!packet) return say("");
    const told = readPacket(packet);
    signals.read(app.counter.settings.sound);
    if (told.is === "handover") return await accept(app, told, say);
    const { device } = app.counter;
    if (!device || told.programme !== device.programme || told.origin !== device.origin || told.device === device.name) return say(t("queue.notours"));
    met.add(told.device);
    if (app.place?.roll) toOffer(app, told.device);
  } catch (error) {
    if (![FrameError, ReleaseError, RollError, CborError].some((kind) => error instanceof kind)) throw error;
    say(t("queue.bad"));
  }
}

async function accept(app: App, told: Handover, say: (said: string) => void): Promise<void> {
  await app.written(async () => {
    try {
      const { place, release } = await take(app.counter, told);
      app.choose(place);
      app.go({ at: "taken", place, release, rows: rowsOf(place, release) });
      signals.given(app.counter.settings.sound);
    } catch (error) {
      if (!(error instanceof NotForUs)) throw error;
      say(t(error.why === "other" ? "queue.notours" : error.why === "unknown" ? "queue.unknown" : "queue.nolist"));
    }
  });
}

type Of<At extends View["at"]> = Extract<View, { at: At }>;

export function qr(text: string, label: string): Screen {
  const code = drawn(text);
  return html`<div class="qr" role="img" aria-label=${label}>${code
    ? html`<svg viewBox=${`0 0 ${code.side} ${code.side}`} shape-rendering="crispEdges" aria-hidden="true">${svg`<path d=${code.path}></path>`}</svg>`
    : nothing}</div>`;
}

function goods(place: Place, items: Steps): Screen {
  const lines = place.cycle.benefits.filter(({ id }) => items[id]);
  return html`<ul class="ration" role="list" aria-label=${t("queue.goods")}>${lines.map((benefit) => html`<li>${rationLine(items[benefit.id] as number, benefit)}</li>`)}</ul>`;
}

function fromTo(place: Place, from: string, to: string): Screen {
  const side = (phone: string): Screen => html`<div><p>${t("queue.counter.n", { n: queueNumber(place, phone) })}</p><b class="who"><bdi>${phone}</bdi></b></div>`;
  return html`<div class="swap">${side(from)}<svg aria-hidden="true"><use href="#m-arrow"></use></svg>${side(to)}</div>`;
}

/** Which phones there are, which rows went where, and what to do. */
export function queue(app: App, view: Of<"queue">): Screen {
  const place = app.place as Place;
  const left = mine(place) - served(place);
  const others = [...new Set([...place.point.phones.keys(), ...place.releases.flatMap(({ device, to }) => [device, to]), ...met])].filter((name) => name !== place.me);
  const own = place.releases.filter(({ device }) => device === place.me);
  const empty = isSecond(place) && !mine(place);
  const row = (name: string, act: () => unknown, below: string): Screen => html`<li><button class="row" @click=${act}><span><b>${counterName(place, name)}</b><span>${below}</span></span></button></li>`;
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t(empty ? "queue.empty" : "queue.title"))}<p>${t(empty ? "queue.empty.lead" : "queue.lead")}</p></div>
    ${empty ? html`${qr(introduction, t("queue.this", { phone: place.me }))}<p class="small soft">${t("queue.this", { phone: place.me })}</p>` : nothing}
    ${!empty && !others.length ? html`<p>${t("queue.nobody")}</p>` : nothing}
    ${!empty && others.length && place.roll && left > 0 ? html`<ul class="rows" role="list">${others.map((name) => row(name, () => toOffer(app, name), t(isSecond(place) ? "queue.back" : "queue.half")))}</ul>` : nothing}
    ${own.length ? html`<h2>${t("queue.gone")}</h2><ul class="rows" role="list">${own.map((one) => row(one.to, () => show(app, one), t("queue.again")))}</ul>` : nothing}
    <p class="said must" role="alert">${view.said || nothing}</p>
    <div class="push">${main(t("queue.scan"), () => app.go({ at: "reading", said: "", have: 0, count: 0 }))}
      ${empty ? nothing : html`<details @toggle=${() => app.draw()}><summary>${t("queue.which")}</summary>${qr(introduction, t("queue.this", { phone: place.me }))}<p class="small soft">${t("queue.this", { phone: place.me })}</p></details>`}</div>
  </section>`;
}

/** Before it is signed: how many, from whom to whom, and what to carry over. */
export function offer(app: App, view: Of<"offer">): Screen {
  const place = app.place as Place;
  const { what, to } = view;
  const set = (part: "half" | "all") => (): void => app.go({ ...view, part, what: share(place, part) });
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t("queue.offer", { n: what.rows, to: counterName(place, to) }))}<p>${t("queue.offer.lead", { n: what.of - what.rows })}</p></div>
    ${fromTo(place, place.me, to)}
    <p>${t("queue.carry")}</p>${goods(place, plus(what.due, what.reserve))}
    <div class="push">${main(t("queue.sign"), () => app.written(async () => show(app, await handOver(app.counter, place, to, what))), !what.rows)}
      <div class="under">${link(t(view.part === "half" ? "queue.part.all" : "queue.part.half"), set(view.part === "half" ? "all" : "half"))}</div></div>
  </section>`;
}

/** Signed: the other phone reads it here, as often as it likes. */
export function shown(app: App, view: Of<"shown">): Screen {
  const place = app.place as Place;
  const { to } = view.release;
  const text = view.texts[view.turn % Math.max(1, view.texts.length)] ?? "";
  const name = counterName(place, to);
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t("queue.shown", { to: name }))}<p>${t("queue.shown.lead", { n: view.rows, to: name })}</p></div>
    ${qr(text, t("queue.shown", { to: name }))}
    <p class="small soft">${view.texts.length > 1 ? t("queue.series", { n: view.texts.length }) : nothing}</p>
    <div class="push">${main(t("queue.read", { to }), () => app.go({ at: "today" }))}
      <div class="under">${view.withRoll ? nothing : link(t("queue.withroll"), () => show(app, view.release, true))}</div></div>
  </section>`;
}

/** The camera for the other phone's code. */
export function reading(app: App, view: Of<"reading">): Screen {
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t("queue.reading"))}<p class="soft">${t("queue.reading.lead")}</p></div>
    <div class="camera"><video playsinline muted autoplay aria-hidden="true" tabindex="-1"></video>
      ${app.cameraWorks ? nothing : html`<p>${t("scan.nocamera")}</p>`}</div>
    <p class="said" role="status">${view.count > 1 ? t("queue.progress", { n: view.have, all: view.count }) : nothing}</p>
    <p class="said must" role="alert">${view.said || nothing}</p>
  </section>`;
}

/** Taken: the same words as on the other phone, and what must lie here now. */
export function taken(app: App, view: Of<"taken">): Screen {
  const place = app.counter.again(view.place);
  const { device } = view.release;
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t("queue.taken", { n: view.rows }))}<p>${t("queue.taken.lead", { from: counterName(place, device) })}</p></div>
    ${fromTo(place, device, place.me)}
    <p>${t("queue.here")}</p>${goods(place, Object.fromEntries(Object.entries(onHand(place)).map(([id, { left }]) => [id, left])))}
    <div class="push">${main(t(app.counter.mayGive(place) ? "today.start" : "queue.done"), () => app.go(app.counter.mayGive(place) ? { at: "scan", said: "" } : { at: "today" }))}</div>
  </section>`;
}

function plus(a: Steps, b: Steps): Steps {
  const ids = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...ids].map((id) => [id, (a[id] ?? 0) + (b[id] ?? 0)]));
}
