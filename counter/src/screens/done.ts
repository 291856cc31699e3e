/** Done: the whole screen says it, with the receipt's six letters. The camera opens by itself. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import { shortCode } from "../formats/code";
import { mine, served, type Place } from "../model/place";
import type { View } from "../view";
import { clock, sum, t } from "../words";
import { link, main, title, type Screen } from "./parts";

const TICK = html`<svg class="tick" viewBox="0 0 120 120" aria-hidden="true"><path d="M18 62l30 30 54-60" fill="none" stroke="currentColor" stroke-width="15" stroke-linecap="square"></path></svg>`;

export function done(app: App, view: Extract<View, { at: "done" }>): Screen {
  const place = app.place as Place;
  const { entry } = view;
  const items = Object.fromEntries(entry.items);
  return html`<section class="screen screen--done" role="status">
    <div class="bar"><span>${place.point.name}</span><span>${t("served", { n: served(place), all: mine(place) })} · ${t("unsent", { n: app.counter.unsentCount })}</span></div>
    ${TICK}
    ${title(t(view.claim ? "done.claim" : "done.title"))}
    <p><bdi>${view.name}</bdi>, ${clock(entry.at)}</p>
    <p class="push"><span class="small">${t("done.receipt")}</span><br><span class="code">${shortCode(entry.hash)}</span></p>
    <p class="small">${sum(items, place.cycle.benefits) || nothing}</p>
    <div class="push">${main(t("done.next"), () => app.go({ at: "scan", said: "" }))}
      <div class="under">${link(t("done.undo"), () => app.undo(entry))}<span class="small">${t("done.itself")}</span>${link(t("done.print"), () => app.print(view))}</div>
      ${view.unprinted ? html`<p role="alert">${t("print.failed")}</p>` : nothing}</div>
  </section>`;
}

export function noted(app: App, view: Extract<View, { at: "noted" }>): Screen {
  const place = app.place as Place;
  return html`<section class="screen screen--done" role="status">
    <div class="bar"><span>${place.point.name}</span></div>
    ${TICK}
    ${title(t("done.noted"))}
    <p><bdi>${view.name}</bdi></p>
    <div class="push">${main(t("done.next"), () => app.go({ at: "scan", said: "" }))}
      <div class="under"><span class="small">${t("done.itself")}</span></div></div>
  </section>`;
}
