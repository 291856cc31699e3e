/** What the second factor asks on the screen of a visit, and a row that is held. Neither ever ends in "no food". */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import { HELD } from "../flow/decide";
import { isAsked } from "../flow/factor";
import { nameOf } from "../model/place";
import type { Visit } from "../view";
import { t, type Key } from "../words";
import { bar, chips, link, main, title, type Screen } from "./parts";

const REASONS: Readonly<Record<string, Key>> = {
  duplicate: "held.duplicate", identity: "held.identity", moved: "held.moved", deceased: "held.deceased", mistake: "held.mistake",
};

export function factor(app: App, visit: Visit): unknown {
  const { place } = visit.found;
  const of = visit.factor;
  if (!of || !isAsked(place.cycle.factor, true, visit.who !== "")) return nothing;
  if (place.cycle.factor === "photo") return photo(app, visit);
  if (of.result) return html`<p class="small" role="status">${t(of.result === "differs" ? "factor.differs" : "factor.none")}</p>`;
  const forgot = (): void => {
    of.result = "none";
    app.draw();
  };
  const type = (event: Event): void => void (of.typed = (event.target as HTMLInputElement).value);
  const enter = (event: KeyboardEvent): void => {
    if (event.key === "Enter") void app.give(visit);
  };
  const pin = place.cycle.factor === "pin";
  return html`<div class="factor"><label class="field"><span>${pin ? t("factor.pin") : html`<bdi>${of.row.question ?? t("factor.question")}</bdi>`}</span>
      <input class="input" inputmode=${pin ? "numeric" : "text"} autocomplete="off" spellcheck="false" .value=${of.typed} aria-describedby="factor-said" @input=${type} @keydown=${enter}></label>
    ${link(t("factor.forgot"), forgot)}</div>
    <p class="must small" id="factor-said" role="alert">${of.said || nothing}</p>`;
}

function photo(app: App, visit: Visit): Screen {
  const of = visit.factor!;
  if (!of.photo) return html`<p class="small" role="status">${t("factor.nophoto")}</p>`;
  const choices = (["held", "differs", "none"] as const).map((value) => ({ value, label: t(`factor.photo.${value}`) }));
  return html`<div class="factor factor--photo"><img src=${of.photo} alt=${t("factor.photo.alt")}>
    ${chips("factor", t("factor.photo"), choices, of.result, (value) => {
      of.result = value as "held";
      app.draw();
    })}</div>`;
}

/** A row that two officers hold: why, and where to object; and the way to serve it all the same. */
export function held(app: App, visit: Visit): Screen {
  const { found } = visit;
  const { reason, notice, where } = found.held!;
  const told = (): Promise<void> =>
    app.written(async () => {
      await app.counter.note(found.place, "held", `${notice}: ${reason}`, found.row.tag);
      app.go({ at: "noted", name: nameOf(found) });
    });
  const serve = (): Promise<void> => app.meet({ ...found, presented: { exception: HELD } });
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(html`<span class="must">${t("held.title")}</span>`)}<p><b><bdi>${nameOf(found)}</bdi></b></p></div>
    <p>${t(REASONS[reason] ?? "held.other")}</p>
    <p class="notice">${t("held.tell", { notice })}<br><bdi>${where}</bdi></p>
    <div class="push stack">${main(t("held.told"), told)}
      <button class="btn" @click=${serve}>${t("held.serve")}</button>
      <p class="small soft">${t("held.serve.hint")}</p></div>
  </section>`;
}
