/** After a phone was lost: the coupons torn off since it was last heard become receipts again. Nothing is handed out. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import * as signals from "../device/signals";
import { CodeError, decode } from "../formats/code";
import { had, isMine, nameOf, type Place } from "../model/place";
import type { View } from "../view";
import { t } from "../words";
import { bar, main, title, type Screen } from "./parts";
import { decideFor } from "../model/visits";

type Of = Extract<View, { at: "recover" }>;

export function recover(app: App, view: Of): Screen {
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t("recover.title"))}<p class="soft">${t("recover.lead")}</p></div>
    <div class="camera"><video playsinline muted autoplay aria-hidden="true" tabindex="-1"></video>
      ${app.cameraWorks ? nothing : html`<p>${t("scan.nocamera")}</p>`}</div>
    <p class="said" role="status">${view.said || nothing}</p>
    <div class="push"><p><b>${t("recover.done", { n: view.count })}</b></p>${main(t("recover.finish"), () => app.go({ at: "today" }))}</div>
  </section>`;
}

/** A torn coupon was read: a receipt of all that was due, unless something is known of that household already. */
export async function torn(app: App, view: Of, text: string): Promise<void> {
  const { counter } = app;
  const place = app.place as Place;
  const sound = counter.settings.sound;
  try {
    const found = await counter.byCoupon(await decode(text.trim()), place);
    if (!found || !isMine(found.place, found.index)) {
      signals.look(sound);
      return app.go({ ...view, said: t("unknown.title", { point: place.point.name }) });
    }
    if (had(found.place, found.row.tag)) {
      signals.look(sound);
      return app.go({ ...view, said: t("recover.known", { name: nameOf(found) }) });
    }
    const { tag, proof, items, fromReserve } = await decideFor({ ...found, held: null });
    await app.written(async () => {
      await counter.give({
        place: found.place, tag, proof, items, after: found.written, fromReserve, supplementary: fromReserve, notes: [{ kind: "recovered", text: "torn coupon" }],
      });
      signals.read(sound);
      app.go({ ...view, count: view.count + 1, said: t("recover.entered", { name: nameOf(found) }) });
    });
  } catch (error) {
    if (!(error instanceof CodeError)) throw error;
    signals.look(sound);
    app.go({ ...view, said: t("scan.bad") });
  }
}
