/** Give: who it is, what is due, one button. And what is said where it was given before, or is not on the list. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import type { Benefit } from "../flow/packs";
import { nameOf, type Place } from "../model/place";
import type { Visit } from "../view";
import { benefitName, inPacks, quantity, sum, t, when } from "../words";
import { factor } from "./asking";
import { bar, chips, link, lotLine, main, picture, quantityOf, rationLine, title, type Screen } from "./parts";

export function give(app: App, visit: Visit): Screen {
  const { found, decision } = visit;
  const lines = found.place.cycle.benefits.filter(({ id }) => decision.items[id]);
  if (!lines.length) return nothingDue(app, visit);
  const whole = lines.every(({ id }) => visit.amounts[id] === decision.items[id]);
  const owed = sum(decision.claim, found.place.cycle.benefits);
  const some = lines.some(({ id }) => visit.amounts[id]);
  const changeAll = (): void => {
    for (const { id } of lines) visit.changing.add(id);
    app.draw();
  };
  return html`<section class="screen">${bar(app)}
    ${who(visit)}
    <ul class="ration" role="list" aria-label=${t("give.label")}>${lines.map((benefit) => line(app, visit, benefit))}</ul>
    ${decision.fromReserve ? html`<p class="small soft">${t("give.listed")}${owed ? html` <b>${t("already.short", { q: owed })}</b>` : nothing}</p>` : nothing}
    <div class="push">
      ${"exception" in found.presented ? why(app, visit) : nothing}
      ${collects(app, visit)}
      ${factor(app, visit)}
      ${main(t(whole ? "give.all" : "give.part"), () => app.give(visit), !some)}
      <div class="under">${link(t("give.part.link"), changeAll)}${link(t("give.else"), () => app.seldom({ at: "else", visit }))}</div></div>
  </section>`;
}

function who(visit: Visit): Screen {
  const { row } = visit.found;
  const end = `${row.card.slice(4, 8)} ${row.card.slice(8)}`;
  return html`<div class="head">${title(html`<bdi>${nameOf(visit.found)}</bdi>`)}
    <p class="soft">${t("people", { n: row.members })} · ${t("card.ends", { end: "\u2066" + end + "\u2069" })}</p></div>`;
}

function line(app: App, visit: Visit, benefit: Benefit): Screen {
  const { id } = benefit;
  const most = visit.decision.items[id] as number;
  const now = visit.amounts[id] ?? 0;
  const changing = visit.changing.has(id);
  const set = (steps: number): void => {
    visit.amounts[id] = Math.max(0, Math.min(most, steps));
    app.draw();
  };
  // One tap leaves a line out; the steps under it change how much.
  const toggle = (): void => {
    if (changing) visit.changing.delete(id);
    else visit.changing.add(id);
    set(changing ? most : 0);
  };
  const before = visit.found.visits.given[id];
  const last = visit.found.visits.receipts.at(-1);
  const had = before && last ? t("give.had", { q: quantity(before, benefit), when: when(last.at, app.counter.clock()) }) : "";
  const lot = now ? lotLine(app, visit.found.place, benefit) : "";
  const below = now < most ? t("give.later") : had || inPacks(now, benefit);
  const name = benefitName(benefit);
  return html`<li><button class="line" data-benefit=${id} aria-pressed=${now < most ? "true" : "false"} @click=${toggle}>
      ${picture(benefit.pictogram)}<span class="what"><b>${name}</b>${below ? html`<span>${below}</span>` : nothing}${lot ? html`<span class="lot">${lot}</span>` : nothing}</span>${quantityOf(now, benefit)}</button>
    ${changing ? html`<div class="step"><button aria-label=${t("give.less", { benefit: name })} ?disabled=${now <= 0} @click=${() => set(now - 1)}>−</button>
      <span role="status">${t("today.of", { left: quantity(now, benefit), had: quantity(most, benefit) })}</span>
      <button aria-label=${t("give.more", { benefit: name })} ?disabled=${now >= most} @click=${() => set(now + 1)}>+</button></div>` : nothing}</li>`;
}

function collects(app: App, visit: Visit): Screen {
  const choices = [
    { value: "", label: t("give.self") },
    ...visit.found.row.proxies.map((name) => ({ value: name, label: name })),
    { value: "other", label: t("give.other") },
  ];
  return chips("who", t("give.who"), choices, visit.who, (value) => {
    visit.who = value;
    app.draw();
  });
}

function why(app: App, visit: Visit): unknown {
  if (visit.why === "held" || visit.why === "pin") return nothing;
  if (visit.why === "witness") {
    return html`<label class="field"><span>${t("give.witness")}</span><input class="input" maxlength="64" .value=${visit.witness} @input=${(event: Event) => (visit.witness = (event.target as HTMLInputElement).value)}></label>
      <p class="must small" role="alert">${visit.asked && !visit.witness.trim() ? t("give.witness.ask") : nothing}</p>`;
  }
  const choices = (["no coupon", "lost coupon", "unreadable"] as const).map((value) => ({ value, label: t(`why.${value}`) }));
  return html`${chips("why", t("give.why"), choices, visit.why, (value) => {
      visit.why = value;
      visit.asked = false;
      app.draw();
    })}
    <p class="must" role="alert">${visit.asked ? t("give.chosewhy") : nothing}</p>`;
}

function nothingDue(app: App, visit: Visit): Screen {
  const owed = visit.decision.verdict === "refuse" ? sum(visit.decision.claim, visit.found.place.cycle.benefits) : "";
  return html`<section class="screen">${bar(app)}${who(visit)}
    ${owed ? html`<p><b>${t("give.noreserve")}</b></p><p>${t("already.short", { q: owed })}</p>` : html`<p><b>${t("give.nothing")}</b></p><p>${t("give.nothing.lead")}</p>`}
    <div class="push">${main(t("done.next"), () => app.go({ at: "scan", said: "" }))}
      <div class="under">${link(t("give.else"), () => app.seldom({ at: "else", visit }))}</div></div></section>`;
}

export function already(app: App, visit: Visit): Screen {
  const { found, decision } = visit;
  const first = found.visits.receipts[0];
  const benefits = found.place.cycle.benefits;
  const from = benefits.filter(({ id }) => decision.items[id]);
  const owed = sum(decision.claim, benefits);
  return html`<section class="screen">${bar(app)}
    ${title(html`<span class="must">${first ? t("already.title", { when: when(first.at, app.counter.clock()) }) : t("already.elsewhere")}</span>`)}
    <p><b><bdi>${nameOf(found)}</bdi></b> <span class="soft">· ${t("people", { n: found.row.members })}</span></p>
    <p class="small">${t("already.lead")}</p>
    <ul class="ration" role="list" aria-label=${t("give.label")}>${from.map((benefit) => html`<li>${rationLine(decision.items[benefit.id] as number, benefit)}</li>`)}</ul>
    ${owed ? html`<p class="small">${t(from.length ? "already.short" : "already.empty", { q: owed })}</p>` : nothing}
    <div class="push stack">${"exception" in found.presented ? why(app, visit) : nothing}
      <button class="btn" @click=${() => app.give(visit)}>${t(from.length ? "give.again" : "already.claim")}</button>
      ${main(t("done.next"), () => app.go({ at: "scan", said: "" }))}
      <div class="under">${link(t("give.else"), () => app.seldom({ at: "else", visit }))}</div></div>
  </section>`;
}

export function unknown(app: App, tag: Uint8Array): Screen {
  const place = app.place as Place;
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(html`<span class="must">${t("unknown.title", { point: place.point.name })}</span>`)}
      <p>${t("unknown.lead")}</p><p>${t("unknown.do")}</p></div>
    <div class="push">${main(t("done.next"), () => app.go({ at: "scan", said: "" }))}
      <div class="under">${link(t("else.complaint"), () => app.seldom({ at: "word", visit: null, kind: "complaint", tag, choice: "word.complaint.4", text: "", asked: false }))}
        ${link(t("scan.number"), () => app.go({ at: "number", digits: "", said: "" }))}</div></div>
  </section>`;
}
