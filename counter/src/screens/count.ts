/** Count in: packs and loose, per benefit; what it makes, and what should be here. Exact, in whole steps. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import type { Benefit } from "../flow/packs";
import { cutsFor } from "../model/counting";
import type { Place } from "../model/place";
import type { CountLine } from "../store/db";
import type { Typed, View } from "../view";
import { inUnits } from "../flow/packs";
import { benefitName, quantity, t, unitName } from "../words";
import { bar, picture, title, type Screen } from "./parts";

/** Benefits that lie at a point as stock. */
export function stocked(place: Place): Benefit[] {
  const planned = new Map((place.roll?.benefits ?? []).map((one) => [one.id, one.units]));
  return place.cycle.benefits.filter(({ id }) => planned.get(id) != null);
}

export function typedFor(app: App, place: Place): Record<string, Typed> {
  return Object.fromEntries(
    stocked(place).map((benefit) => {
      const pack = app.counter.settings.packs[benefit.id] ?? benefit.packSteps;
      return [benefit.id, { packs: "", size: pack ? inUnits(pack, benefit, "") : "", loose: "", damaged: "", lot: "" }];
    }),
  );
}

/** A typed decimal of the unit as whole steps; null where it is not a whole number of them. */
export function stepsOf(text: string, benefit: Benefit): number | null {
  const plain = text.trim().replace(",", ".").replace(/[\u0660-\u0669\u0966-\u096f]/g, (digit) => String((digit.codePointAt(0) as number) & 15));
  const found = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(plain || "0");
  if (!found) return null;
  const decimals = found[2] ?? "";
  const base = BigInt(`${found[1]}${decimals}`) * BigInt(benefit.perUnit);
  const unit = BigInt(benefit.step) * 10n ** BigInt(decimals.length);
  return base % unit ? null : Number(base / unit);
}

interface Line {
  readonly steps: number;
  readonly packSteps: number;
  readonly line: CountLine;
}

function read(typed: Typed, benefit: Benefit): Line | null {
  const packs = /^\d{0,6}$/.test(typed.packs.trim()) ? Number(typed.packs.trim()) : null;
  const [packSteps, loose, damaged] = [typed.size, typed.loose, typed.damaged].map((text) => stepsOf(text, benefit));
  if (packs === null || packSteps == null || loose == null || damaged == null) return null;
  const line = { benefit: benefit.id, lot: typed.lot.trim(), packs, loose, damaged, reason: damaged ? "damaged" : "" };
  return { steps: packs * packSteps + loose, packSteps, line };
}

export function count(app: App, view: Extract<View, { at: "count" }>): Screen {
  const place = app.place as Place;
  const benefits = stocked(place);
  const next = async (event: Event): Promise<void> => {
    event.preventDefault();
    view.asked = true;
    const read_ = benefits.map((benefit) => read(view.typed[benefit.id] as Typed, benefit));
    if (read_.some((one) => one === null)) {
      app.draw();
      document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
      return;
    }
    const lines = read_ as Line[];
    const counted = Object.fromEntries(lines.map(({ line, steps }) => [line.benefit, steps]));
    await app.counter.keepSettings({ packs: { ...app.counter.settings.packs, ...Object.fromEntries(lines.filter((one) => one.packSteps).map(({ line, packSteps }) => [line.benefit, packSteps])) } });
    app.go({ at: "recut", lines: lines.map(({ line }) => line), counted, cuts: await cutsFor(place.roll!, counted) });
  };
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t("count.title"))}<p>${t("count.lead")}</p></div>
    <form @submit=${next} novalidate>
      ${benefits.map((benefit) => item(app, view, place, benefit))}
      <div class="push"><button class="btn btn--main">${t("count.next")}</button></div>
    </form>
  </section>`;
}

function item(app: App, view: Extract<View, { at: "count" }>, place: Place, benefit: Benefit): Screen {
  const typed = view.typed[benefit.id] as Typed;
  const line = read(typed, benefit);
  const should = place.roll?.benefits.find(({ id }) => id === benefit.id)?.units ?? 0;
  const name = benefitName(benefit);
  const unit = unitName(benefit);
  const empty = !typed.packs && !typed.loose;
  const field = (part: keyof Typed, label: string, words = false): Screen => html`<label class="field"><span>${label}<span class="hide">, ${name}</span></span>
    <input class="input" .value=${typed[part]} inputmode=${words ? "text" : "decimal"} autocomplete="off" data-field=${`${benefit.id}.${part}`}
      aria-invalid=${view.asked && !line && !words ? "true" : "false"} @input=${(event: Event) => {
        typed[part] = (event.target as HTMLInputElement).value;
        app.draw();
      }}></label>`;
  return html`<div class="item">
    <header>${picture(benefit.pictogram)}<h2>${name}</h2><span class="small soft">${t("count.should", { q: quantity(should, benefit) })}</span></header>
    <div class="fields">${field("packs", t("count.packs"))}${field("size", t("count.size", { unit }))}${field("loose", t("count.loose", { unit }))}</div>
    <p class="makes" role="status">${line ? (empty ? nothing : html`${t("count.makes", { q: quantity(line.steps, benefit) })}${line.steps < should ? html`, <b class="must">${t("count.short", { q: quantity(should - line.steps, benefit) })}</b>` : nothing}`)
      : html`<span class="must">${t("count.bad", { q: name, step: quantity(1, benefit) })}</span>`}</p>
    <details><summary>${t("count.more")}</summary><div class="fields">${field("damaged", t("count.damaged", { unit }))}${field("lot", t("count.lot"), true)}</div></details>
  </div>`;
}

