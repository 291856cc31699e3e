/** Who has not come: for the follow-up day, and for a household without anything in its hand. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import type { Place } from "../model/place";
import { waiting } from "../model/waiting";
import type { View } from "../view";
import { t, when } from "../words";
import { bar, title, type Screen } from "./parts";

const SHOWN = 60;

export function waitingList(app: App, view: Extract<View, { at: "waiting" }>): Screen {
  const place = app.place as Place;
  const find = view.find.trim().toLocaleLowerCase();
  const all = waiting(place);
  const found = all.filter(({ row }) => !find || (row.name ?? "").toLocaleLowerCase().includes(find) || row.card.includes(find.replaceAll(" ", "")));
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t("waiting.title"))}<p class="soft">${all.length}</p></div>
    <label class="field"><span>${t("waiting.find")}</span>
      <input class="input" type="search" autocomplete="off" .value=${view.find} @input=${(event: Event) => {
        view.find = (event.target as HTMLInputElement).value;
        app.draw();
      }}></label>
    ${all.length ? nothing : html`<p>${t("waiting.none")}</p>`}
    <ul class="rows" role="list">${found.slice(0, SHOWN).map(({ index, row }) => {
      const { withheld } = place.book.visits(row.tag);
      const line = html`<span><b><bdi>${row.name ?? row.card}</bdi></b><span>${t("people", { n: row.members })} · <bdi>${row.card.slice(4, 8)} ${row.card.slice(8)}</bdi>
        ${withheld ? html` · ${t("waiting.withheld", { when: when(withheld.at, app.counter.clock()) })}` : nothing}</span></span>`;
      return html`<li>${app.counter.mayGive(place) ? html`<button class="row" @click=${() => app.meetRow(index, { exception: "no coupon" })}>${line}</button>` : html`<div class="row">${line}</div>`}</li>`;
    })}</ul>
    ${found.length > SHOWN ? html`<p class="small soft">${t("waiting.more", { n: found.length - SHOWN })}</p>` : nothing}
  </section>`;
}
