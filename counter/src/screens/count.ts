/** Count in: packs and loose, per benefit; what it makes, and what should be here. Exact, in whole steps. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import type { Benefit } from "../flow/packs";
import { cutsFor } from "../model/counting";
import type { Place } from "../model/place";
import type { CountLine } from "../store/db";
import type { Typed, View } from "../view";
import { inUnits } from "../flow/packs";
import { benefitName, fullDate, quantity, t, unitName } from "../words";
import { bar, link, picture, title, type Screen } from "./parts";

/** Benefits that lie at a point as stock. */
export function stocked(place: Place): Benefit[] {
  const planned = new Map((place.roll?.benefits ?? []).map((one) => [one.id, one.units]));
  return place.cycle.benefits.filter(({ id }) => planned.get(id) != null);
}

export function typedFor(app: App, place: Place): Record<string, Typed[]> {
  return Object.fromEntries(stocked(place).map((benefit) => [benefit.id, [emptyLine(app, place, benefit)]]));
}

function emptyLine(app: App, place: Place, benefit: Benefit): Typed {
  const known = place.point.lots.find((one) => one.benefit === benefit.id && one.packSteps)?.packSteps;
  const pack = app.counter.settings.packs[benefit.id] ?? known ?? benefit.packSteps;
  return { packs: "", size: pack ? inUnits(pack, benefit, "") : "", loose: "", damaged: "", lot: "", best: "" };
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
  const steps = packs * packSteps + loose;
  const line = { benefit: benefit.id, lot: typed.lot.trim(), packs, loose, damaged, reason: damaged ? "damaged" : "", bestBefore: typed.best, steps };
  return { steps, packSteps, line };
}

export function count(app: App, view: Extract<View, { at: "count" }>): Screen {
  const place = app.place as Place;
  const benefits = stocked(place);
  const next = async (event: Event): Promise<void> => {
    event.preventDefault();
    view.asked = true;
    const read_ = benefits.flatMap((benefit) => (view.typed[benefit.id] as Typed[]).map((typed) => read(typed, benefit)));
    if (read_.some((one) => one === null)) {
      app.draw();
      document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
      return;
    }
    const lines = read_ as Line[];
    const counted: Record<string, number> = {};
    for (const { line, steps } of lines) counted[line.benefit] = (counted[line.benefit] ?? 0) + steps;
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
  const all = view.typed[benefit.id] as Typed[];
  const lines = all.map((typed) => read(typed, benefit));
  const steps = lines.reduce((sum, line) => sum + (line?.steps ?? 0), 0);
  const should = place.roll?.benefits.find(({ id }) => id === benefit.id)?.units ?? 0;
  const name = benefitName(benefit);
  const empty = all.every((typed) => !typed.packs && !typed.loose);
  const another = (): void => {
    all.push(emptyLine(app, place, benefit));
    app.draw();
  };
  const known = place.point.lots.filter((one) => one.benefit === benefit.id && one.bestBefore);
  return html`<div class="item">
    <header>${picture(benefit.pictogram)}<h2>${name}</h2><span class="small soft">${t("count.should", { q: quantity(should, benefit) })}</span></header>
    ${all.map((typed, at) => lineFields(app, view, benefit, typed, at, !lines[at]))}
    <p class="makes" role="status">${lines.every(Boolean) ? (empty ? nothing : html`${t("count.makes", { q: quantity(steps, benefit) })}${steps < should ? html`, <b class="must">${t("count.short", { q: quantity(should - steps, benefit) })}</b>` : nothing}`)
      : html`<span class="must">${t("count.bad", { q: name, step: quantity(1, benefit) })}</span>`}</p>
    ${known.map((one) => html`<p class="small soft">${t("count.known", { lot: one.lot, day: fullDate(one.bestBefore as string) })}</p>`)}
    ${link(t("count.another"), another)}
  </div>`;
}

function lineFields(app: App, view: Extract<View, { at: "count" }>, benefit: Benefit, typed: Typed, at: number, bad: boolean): Screen {
  const unit = unitName(benefit);
  const nth = at ? ` ${at + 1}` : "";
  const field = (part: keyof Typed, label: string, kind: "decimal" | "text" | "date" = "decimal"): Screen => html`<label class="field"><span>${label}<span class="hide">, ${benefitName(benefit)}${nth}</span></span>
    <input class="input" type=${kind === "date" ? "date" : "text"} .value=${typed[part]} inputmode=${kind === "decimal" ? "decimal" : "text"} autocomplete="off" data-field=${`${benefit.id}.${at ? `${at + 1}.` : ""}${part}`}
      aria-invalid=${view.asked && bad && kind === "decimal" ? "true" : "false"} @input=${(event: Event) => {
        typed[part] = (event.target as HTMLInputElement).value;
        app.draw();
      }}></label>`;
  return html`<div class="fields">${field("packs", t("count.packs"))}${field("size", t("count.size", { unit }))}${field("loose", t("count.loose", { unit }))}</div>
    <details ?open=${at > 0}><summary>${t("count.more")}</summary><div class="fields">${field("damaged", t("count.damaged", { unit }))}${field("lot", t("count.lot"), "text")}${field("best", t("count.best"), "date")}</div></details>`;
}
