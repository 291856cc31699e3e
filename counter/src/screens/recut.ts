/** Before the first household: what came short and what everybody gets instead, in words; then sign and start. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import { countIn, cutWords, type CutWords } from "../model/counting";
import type { Place } from "../model/place";
import type { Benefit } from "../flow/packs";
import { inUnits } from "../flow/packs";
import type { View } from "../view";
import { benefitName, benefitWord, clock, quantity, t, unitName } from "../words";
import { typedFor } from "./count";
import { bar, link, main, mark, title, type Screen } from "./parts";

export function recut(app: App, view: Extract<View, { at: "recut" }>): Screen {
  const place = app.place as Place;
  const cuts = cutWords(place.roll!, view.cuts);
  const of = (id: string): Benefit => place.cycle.benefits.find((one) => one.id === id) as Benefit;
  const sign = (): Promise<void> =>
    app.written(async () => {
      await countIn(app.counter, place, view.lines, view.counted);
      app.go(app.counter.mayGive(app.counter.again(place)) ? { at: "scan", said: "" } : { at: "today" });
    });
  const [only] = cuts;
  const heading = !only ? t("recut.whole") : cuts.length > 1 ? t("recut.title.many") : t("recut.title", { benefit: benefitWord(of(only.benefit)) });
  return html`<section class="screen">${bar(app, html`<span>${place.point.name}</span> <span>${clock(app.counter.clock())}</span>`)}
    <div class="head">${title(only ? html`<span class="must">${mark("look")}</span> ${heading}` : heading)}
      <p>${only ? t("recut.equal") : t("recut.whole.lead")}</p></div>
    ${cuts.map((cut) => oneCut(cut, of(cut.benefit)))}
    <p class="small soft">${t("recut.log")}</p>
    <div class="push">${main(t("recut.sign"), sign)}
      <div class="under">${link(t("recut.again"), () => app.go({ at: "count", typed: typedFor(app, place), asked: false }))}</div></div>
  </section>`;
}

function oneCut(cut: CutWords, benefit: Benefit): Screen {
  const name = benefitName(benefit);
  const example = cut.examples[0];
  const row = (label: string, was: number, now: number): Screen =>
    html`<tr><th scope="row">${label}</th><td class="n">${inUnits(was, benefit)}</td><td class="n">${inUnits(now, benefit)}</td></tr>`;
  return html`<div class="swap">
      <div><p>${t("recut.was")}</p><s dir="ltr">${cut.wasPercent} %</s></div><svg aria-hidden="true"><use href="#m-arrow"></use></svg>
      <div><p>${t("recut.now")}</p><b dir="ltr">${cut.nowPercent} %</b></div></div>
    ${cut.sameForAll && example ? html`<p><b>${t("recut.same", { now: quantity(example.now, benefit), was: quantity(example.was, benefit) })}</b></p>` : nothing}
    <table class="table"><caption class="hide">${name}</caption>
      <thead><tr><th scope="col">${t("recut.what", { benefit: name, unit: unitName(benefit) })}</th><th scope="col" class="n">${t("recut.was")}</th><th scope="col" class="n">${t("recut.nownow")}</th></tr></thead>
      <tbody>${row(t("recut.here"), cut.planned, cut.now)}
        ${cut.examples.map((one) => row(t("recut.family", { n: one.members, due: inUnits(one.due, benefit) }), one.was, one.now))}</tbody></table>`;
}
