/** Parts that many screens share. */

import { html, nothing, svg, type TemplateResult } from "lit-html";
import type { App } from "../app";
import type { Benefit } from "../flow/packs";
import { inUnits } from "../flow/packs";
import { dayOf, firstOut } from "../model/lots";
import type { Place } from "../model/place";
import { inPacks, benefitName, fullDate, t, unitName, when } from "../words";
import { onHand } from "../model/stock";

export type Screen = TemplateResult;

export function picture(name: string): TemplateResult {
  return html`<svg class="pic" aria-hidden="true"><use href=${`#i-${name}`}></use></svg>`;
}

export function mark(name: string): TemplateResult {
  return html`<svg class="mark" aria-hidden="true"><use href=${`#m-${name}`}></use></svg>`;
}

/** The line on top: the way back, and when the server was last heard. */
export function bar(app: App, end: unknown = heard(app)): TemplateResult {
  return html`<div class="bar"><button class="link" @click=${() => app.back()}>${t("back")}</button><span>${end}</span></div>`;
}

export function heard(app: App): string {
  const { heardAt } = app.counter;
  return heardAt ? t("heard", { when: when(heardAt, app.counter.clock()) }) : t("heard.never");
}

/** A big quantity with its unit in small. */
export function quantityOf(steps: number, benefit: Benefit): TemplateResult {
  const unit = unitName(benefit);
  return html`<span class="qty">${inUnits(steps, benefit)}${unit ? html` <small>${unit}</small>` : nothing}</span>`;
}

/** A line of what is given: picture, name, packs, quantity. */
export function rationLine(steps: number, benefit: Benefit, below: unknown = inPacks(steps, benefit)): TemplateResult {
  return html`<div class="line">${picture(benefit.pictogram)}<span class="what"><b>${benefitName(benefit)}</b>${below ? html`<span>${below}</span>` : nothing}</span>${quantityOf(steps, benefit)}</div>`;
}

/** How much of a whole is left, as a bar; its numbers stand beside it. */
export function stockBar(part: number, whole: number): TemplateResult {
  const width = whole > 0 ? Math.max(0, Math.min(100, Math.round((100 * part) / whole))) : 0;
  return html`<svg class="bar-stock" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">${svg`<rect class="all" x="0" y="0.5" width="100" height="5" vector-effect="non-scaling-stroke"></rect><rect class="part" x="0" y="0.5" width=${width} height="5"></rect>`}</svg>`;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** One of a few: chips, or a list where the words are long. */
export function chips(name: string, legend: string, choices: readonly Choice[], chosen: string, choose: (value: string) => void, list = false): TemplateResult {
  return html`<fieldset class=${list ? "chips chips--list" : "chips"}>
    <legend>${legend}</legend>
    ${choices.map(
      ({ value, label }) => html`<label><input type="radio" name=${name} value=${value} .checked=${value === chosen} @change=${() => choose(value)}><span>${mark("holds")} ${label}</span></label>`,
    )}
  </fieldset>`;
}

export function main(label: string, act: () => unknown, disabled = false): TemplateResult {
  return html`<button type="button" class="btn btn--main" ?disabled=${disabled} @click=${act}>${label}</button>`;
}

/** Which lot is handed out now; empty where no best before is known. */
export function lotLine(app: App, place: Place, benefit: Benefit): unknown {
  const { had, left } = onHand(place)[benefit.id] ?? { had: 0, left: 0 };
  const found = firstOut(place, benefit.id, had - left, dayOf(app.counter.clock(), app.counter.state?.zone ?? "UTC"));
  if (!found) return "";
  const values = { lot: `\u2068${found.lot}\u2069`, day: fullDate(found.bestBefore) };
  const words = found.expired ? t(found.lot ? "lot.expired" : "lot.expired.day", values) : t(found.lot ? "lot.first" : "lot.first.day", values);
  return found.expired ? html`<b class="must">${words}</b>` : words;
}

export function link(label: unknown, act: () => unknown): TemplateResult {
  return html`<button type="button" class="link" @click=${act}>${label}</button>`;
}

export function title(words: unknown): TemplateResult {
  return html`<h1 tabindex="-1">${words}</h1>`;
}
