/** Scan: the camera is always on. And the number pad for a card without its coupon. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import { CodeError, checkCardNumber } from "../formats/code";
import { mine, served, type Place } from "../model/place";
import type { Entry } from "../store/db";
import type { View } from "../view";
import { t, when } from "../words";
import { bar, heard, link, mark, title, type Screen } from "./parts";

export function scan(app: App, view: Extract<View, { at: "scan" }>): Screen {
  const place = app.place as Place;
  const last = place.book.last;
  const all = mine(place);
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t("scan.title"))}
      <p class="soft">${t("served", { n: served(place), all })} · ${t("unsent", { n: app.counter.unsentCount })}</p></div>
    <div class="camera"><video playsinline muted autoplay aria-hidden="true" tabindex="-1"></video>
      ${app.cameraWorks ? nothing : html`<p>${t("scan.nocamera")}</p>`}</div>
    <p class="said" role="status">${view.said || nothing}</p>
    <div class="push stack">
      <div class="under">${last ? lastLine(app, place, last) : nothing}
        ${app.hasLight() ? link(html`${mark("light")} ${t(app.lit ? "scan.dark" : "scan.light")}`, () => app.light()) : nothing}</div>
      <button class="btn btn--wide" @click=${() => app.go({ at: "number", digits: "", said: "" })}>${t("scan.number")}</button>
    </div>
  </section>`;
}

function lastLine(app: App, place: Place, entry: Entry): Screen {
  const index = place.roll?.byTag(entry.tag) ?? -1;
  const row = index >= 0 ? place.roll!.row(index) : null;
  const name = row?.name ?? row?.card ?? "";
  return html`<span class="small soft">${t("scan.last", { name, when: when(entry.at, app.counter.clock()) })}</span> ${link(t("done.undo"), () => app.undo(entry))}`;
}

export function numberPad(app: App, view: Extract<View, { at: "number" }>): Screen {
  const type = (digit: string): void => {
    if (view.digits.length >= 10) view.digits = "";
    view.digits += digit;
    view.said = "";
    if (view.digits.length < 10) return app.draw();
    try {
      void app.byNumber(checkCardNumber(view.digits));
    } catch (error) {
      if (!(error instanceof CodeError)) throw error;
      view.said = t("number.bad");
      app.draw();
    }
  };
  const remove = (): void => {
    view.digits = view.digits.slice(0, -1);
    view.said = "";
    app.draw();
  };
  const key = (event: KeyboardEvent): void => {
    if (/^[0-9]$/.test(event.key)) type(event.key);
    else if (event.key === "Backspace") remove();
  };
  const shown = view.digits.padEnd(10, "·");
  return html`<section class="screen" @keydown=${key}>${bar(app, heard(app))}
    <div class="head">${title(t("number.title"))}<p class="soft">${t("number.lead")}</p></div>
    <p class="digits" role="status" aria-label=${view.digits.split("").join(" ")}>${shown.slice(0, 4)} ${shown.slice(4, 8)} ${shown.slice(8)}</p>
    <p class="said must" role="alert">${view.said || nothing}</p>
    <div class="push pad">${[..."123456789"].map((digit) => html`<button @click=${() => type(digit)}>${digit}</button>`)}
      <span></span><button @click=${() => type("0")}>0</button><button class="word" @click=${remove}>${t("number.delete")}</button></div>
  </section>`;
}
