/** A receipt on paper: as a picture to the printer that was chosen, else by the system's dialog. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import { draw, type Line } from "../device/paper";
import { choose, raster, send, ways, type Way } from "../device/printer";
import { shortCode } from "../formats/code";
import { dayOf } from "../model/lots";
import type { Place } from "../model/place";
import type { Entry } from "../store/db";
import { benefitName, clock, current, date, period, quantity, t } from "../words";
import { link, type Screen } from "./parts";

export function linesOf(place: Place, entry: Entry, name: string, zone: string): Line[] {
  const items = Object.fromEntries(entry.items);
  const day = dayOf(entry.at, zone);
  const goods = place.cycle.benefits.filter(({ id }) => items[id]);
  return [
    { start: place.point.name, size: "large" },
    { start: period(place.cycle.period), end: `${date(day)} ${clock(entry.at)}`, size: "small" },
    { start: "" },
    { start: name },
    ...goods.map((benefit) => ({ start: benefitName(benefit), end: quantity(items[benefit.id] as number, benefit), size: "large" as const })),
    ...(goods.length ? [] : [{ start: t("done.claim") }]),
    { start: "" },
    { start: t("done.receipt"), end: `\u2066${shortCode(entry.hash)}\u2069`, size: "large" },
    { start: t("print.keep"), size: "small" },
  ];
}

/** True where it is printed, or the dialog was opened; false where the printer does not answer. */
export async function print(app: App, place: Place, entry: Entry, name: string): Promise<boolean> {
  const { printer } = app.counter.settings;
  if (!printer) {
    window.print();
    return true;
  }
  try {
    await send(printer, raster(draw(linesOf(place, entry, name, app.counter.state?.zone ?? "UTC"), current() === "ar")));
    return true;
  } catch {
    return false;
  }
}

/** Which printer, in the settings. */
export function printers(app: App): Screen {
  const { printer, printAll } = app.counter.settings;
  const pick = (way: Way) => async (): Promise<void> => {
    try {
      await choose(way);
      await app.counter.keepSettings({ printer: way });
    } catch {
      // nothing was chosen
    }
    app.draw();
  };
  const none = async (): Promise<void> => {
    await app.counter.keepSettings({ printer: "" });
    app.draw();
  };
  const all = (event: Event): Promise<void> => app.counter.keepSettings({ printAll: (event.target as HTMLInputElement).checked });
  return html`<div><h2>${t("print.title")}</h2><p class="small soft">${t(printer ? `print.is.${printer}` : "print.is.none")}</p>
    <div class="under">${ways().map((way) => link(t(`print.${way}`), pick(way)))}${printer ? link(t("print.none"), none) : nothing}</div>
    ${printer ? html`<label class="check"><input type="checkbox" .checked=${printAll} @change=${all}> ${t("print.all")}</label>` : nothing}</div>`;
}
