/** Where something stands in the way: what it is, and what to do. Never a dead end. */

import { html } from "lit-html";
import type { App } from "../app";
import type { View } from "../view";
import { t } from "../words";
import { main, title, type Screen } from "./parts";

export function elsewhere(_: App, view: Extract<View, { at: "elsewhere" }>): Screen {
  const take = (): void => {
    sessionStorage.setItem("evenhand-take", "1");
    location.reload();
  };
  return html`<section class="screen"><div class="bar"><span>Evenhand</span></div>
    <div class="head">${title(t(view.moved ? "moved.title" : "elsewhere.title"))}<p>${t("elsewhere.lead")}</p></div>
    <div class="push">${main(t("elsewhere.here"), take)}</div></section>`;
}

export function stuck(app: App, view: Extract<View, { at: "stuck" }>): Screen {
  const again = view.what === "broken" ? main(t("broken.reload"), () => location.reload()) : main(t("full.again"), () => app.go(view.back));
  return html`<section class="screen"><div class="bar"><span>Evenhand</span></div>
    <div class="head">${title(html`<span class="must">${t(`${view.what}.title`)}</span>`)}<p>${t(`${view.what}.lead`)}</p></div>
    <div class="push">${again}</div></section>`;
}

export function gone(app: App): Screen {
  return html`<section class="screen"><div class="bar"><span>Evenhand</span></div>
    <div class="head">${title(html`<span class="must">${t("gone.title")}</span>`)}<p>${t("gone.lead")}</p></div>
    <div class="push">${main(t("enrol.title"), () => app.go({ at: "enrol", problem: "" }))}</div></section>`;
}
