/** Close the day: count what is left, say why it differs, send or save what is unsent; on the last day close the point. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import { writeHead } from "../formats/head";
import { signerOf } from "../model/counter";
import type { Place } from "../model/place";
import { put, type Device } from "../store/db";
import { fileName, fileOf, save } from "../store/file";
import type { Benefit } from "../flow/packs";
import type { View } from "../view";
import { benefitName, period, quantity, t, unitName } from "../words";
import { stepsOf, stocked } from "./count";
import { bar, chips, link, picture, title, type Screen } from "./parts";
import { onHand } from "../model/stock";

type Of = Extract<View, { at: "close" }>;

export function closeDay(app: App, view: Of): Screen {
  const place = app.counter.again(app.place as Place);
  const benefits = stocked(place);
  const book = onHand(place);
  const counts = benefits.map((benefit) => {
    const text = view.typed[benefit.id] ?? "";
    return { benefit, text, steps: text.trim() ? stepsOf(text, benefit) : null, left: book[benefit.id]?.left ?? 0 };
  });
  const ready = counts.every(({ steps }) => steps !== null);
  const differs = counts.filter(({ steps, left }) => steps !== null && steps !== left);
  const sign = (event: Event): void => {
    event.preventDefault();
    if (!ready || (differs.length && !view.why)) return void document.querySelector<HTMLElement>("input:invalid, .chips input")?.focus();
    const said = counts.map(({ benefit, steps, left }) => `${benefit.id} ${steps} of ${left}`).join(", ");
    void app.written(async () => {
      await app.counter.note(place, "variance", view.why ? `${said}: ${view.why}` : said);
      view.signed = true;
      app.draw();
    });
  };
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t("close.title"))}<p>${view.signed ? t("close.signed") : t("close.lead")}</p></div>
    ${view.signed ? nothing : html`<form class="stack" @submit=${sign}>
      ${counts.map((one) => item(app, view, one.benefit, one.text, one.steps, one.left))}
      ${ready && differs.length ? chips("why", t("close.why"), ([1, 2, 3, 4] as const).map((n) => ({ value: `close.why.${n}`, label: t(`close.why.${n}`) })), view.why, (value) => {
        view.why = value;
        app.draw();
      }, true) : nothing}
      <button class="btn btn--main" ?disabled=${!ready || (differs.length > 0 && !view.why)}>${t("close.sign")}</button></form>`}
    <div class="push">${outbox(app, view, place)}${view.signed && app.counter.mayGive(place) ? final(app, place) : nothing}</div>
  </section>`;
}

function item(app: App, view: Of, benefit: Benefit, text: string, steps: number | null, left: number): Screen {
  const said = steps === null ? "" : steps === left ? t("close.fits") : t("close.differs", { q: quantity(left, benefit) });
  return html`<div class="item"><header>${picture(benefit.pictogram)}<h2>${benefitName(benefit)}</h2></header>
    <label class="field"><span>${t("close.left", { unit: unitName(benefit) })}<span class="hide">, ${benefitName(benefit)}</span></span>
      <input class="input" inputmode="decimal" autocomplete="off" required .value=${text} data-field=${benefit.id} aria-invalid=${text.trim() && steps === null ? "true" : "false"} @input=${(event: Event) => {
        view.typed[benefit.id] = (event.target as HTMLInputElement).value;
        app.draw();
      }}></label>
    <p class="makes" role="status">${steps === null && text.trim() ? html`<span class="must">${t("count.bad", { q: benefitName(benefit), step: quantity(1, benefit) })}</span>` : steps !== null && steps !== left ? html`<span class="must">${said}</span>` : said || nothing}</p></div>`;
}

function outbox(app: App, view: Of, place: Place): Screen {
  const cycle = place.cycle.cycle;
  const unsent = app.counter.unsent(cycle);
  const file = async (): Promise<void> => {
    const name = fileName((app.counter.device as Device).name, cycle);
    try {
      await save(name, fileOf(app.counter.entries.get(cycle) ?? []));
      view.saved = name;
    } catch (error) {
      if ((error as Error).name !== "AbortError") throw error; // the person changed their mind
    }
    app.draw();
  };
  return html`<p role="status">${app.syncing ? t("today.syncing") : unsent.length ? html`<b>${t("close.unsent", { n: unsent.length })}</b>` : t("close.sent")}</p>
    ${view.saved ? html`<p class="small">${t("close.file.done", { name: view.saved })}</p>` : nothing}
    <div class="under">${link(t("today.sync"), () => app.sync())}${link(t("close.file"), file)}</div>`;
}

/** The last day: sign the head of the chain. Only when the server has everything, since nothing can follow it. */
function final(app: App, place: Place): Screen {
  const cycle = place.cycle.cycle;
  const waiting = app.counter.unsent(cycle).length;
  const close = (): Promise<void> =>
    app.written(async () => {
      const device = app.counter.device as Device;
      const last = app.counter.entries.get(cycle)?.at(-1);
      const [receipts, hash] = [last?.sequence ?? place.cycle.head.receipts, last?.hash ?? place.cycle.head.hash];
      const head = await writeHead({ programme: device.programme, cycle, device: device.name, receipts, hash }, signerOf(device));
      await put(app.counter.db, "closes", { cycle, head, sent: false });
      app.counter.closed.add(cycle);
      app.soon(0);
      app.go({ at: "today" });
    });
  return html`<div class="notice"><p>${waiting ? t("close.final.wait", { n: waiting }) : t("close.final.hint")}</p>
    <button class="btn" ?disabled=${waiting > 0} @click=${close}>${t("close.final", { period: period(place.cycle.period) })}</button></div>`;
}

