/** The server does not answer: what that can mean, what to do, and that handing out goes on. */

import { html } from "lit-html";
import type { App } from "../app";
import { t } from "../words";
import { bar, link, main, title, type Screen } from "./parts";

/** The page of the office machine that walks a phone through trusting it (evenhand serve --lan): one port above. */
function trustPage(): string {
  return location.port ? `http://${location.hostname}:${Number(location.port) + 1}/` : location.host;
}

export function lost(app: App): Screen {
  const part = (what: "network" | "trust" | "server", values: Record<string, string> = {}): Screen =>
    html`<div class="item"><h2>${t(`lost.${what}`)}</h2><p class="small">${t(`lost.${what}.do`, values)}</p></div>`;
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t("lost.title"))}<p>${t("lost.lead")}</p></div>
    ${part("network")}${part("trust", { host: `\u2066${trustPage()}\u2069` })}${part("server")}
    <div class="push">${main(t("today.sync"), async () => {
      await app.sync();
      if (!app.silent) app.go({ at: "today" });
    }, app.syncing)}
      <div class="under">${link(t("close.file"), () => app.seldom({ at: "close", typed: {}, why: "", signed: false, saved: "" }))}</div></div>
  </section>`;
}
