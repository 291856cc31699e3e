/** Where the row of who came is another phone's. */

import { html } from "lit-html";
import type { App } from "../app";
import { nameOf, queueNumber, type Place } from "../model/place";
import type { View } from "../view";
import { t } from "../words";
import { bar, link, main, title, type Screen } from "./parts";

/** "counter 2 (tablet-2)" */
export function counterName(place: Place, phone: string): string {
  return t("queue.counter", { n: queueNumber(place, phone), phone: `\u2068${phone}\u2069` });
}

/** A household whose row another phone gives to. Nobody is refused: the way there, and another where that phone is gone. */
/** A household whose row went to another point: its ration is there. */
function away(app: App, view: Extract<View, { at: "other" }>, point: string): Screen {
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(html`<span class="must">${t("other.point", { point: `\u2068${point}\u2069` })}</span>`)}
      <p><b><bdi>${nameOf(view.found)}</bdi></b></p><p>${t("other.point.lead")}</p></div>
    <div class="push">${main(t("done.next"), () => app.go({ at: "scan", said: "" }))}
      <div class="under">${link(t("give.again"), () => app.meet(view.found, true))}</div></div>
  </section>`;
}

export function other(app: App, view: Extract<View, { at: "other" }>): Screen {
  const { place } = view.found;
  if (view.keeper.startsWith("point:")) return away(app, view, view.keeper.slice(6));
  const name = counterName(place, view.keeper);
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(html`<span class="must">${t("other.title", { to: name })}</span>`)}
      <p><b><bdi>${nameOf(view.found)}</bdi></b></p><p>${t("other.lead")}</p></div>
    <p class="code code--huge" dir="ltr">${queueNumber(place, view.keeper)}</p>
    <div class="push">${main(t("done.next"), () => app.go({ at: "scan", said: "" }))}
      <div class="under">${link(t("other.gone"), () => app.meet(view.found, true))}</div></div>
  </section>`;
}
