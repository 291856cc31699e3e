/** Settings: language, who is at the counter, sounds. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import { NoNews, takeNews } from "../model/news";
import { current, t } from "../words";
import { languages } from "./enrol";
import { bar, link, title, type Screen } from "./parts";

export function settings(app: App): Screen {
  if (!app.printing) void app.printer().then((found) => found && app.view.at === "settings" && app.draw());
  const { counter } = app;
  const clerk = (event: Event): Promise<void> => counter.keepSettings({ clerk: (event.target as HTMLInputElement).value.trim().slice(0, 64) });
  const sound = (event: Event): Promise<void> => counter.keepSettings({ sound: (event.target as HTMLInputElement).checked });
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t("settings.title"))}</div>
    <div class="stack">${languages(app)}
      ${current() === "en" ? nothing : html`<p class="small soft">${t("settings.needs")}</p>`}
      <label class="field"><span>${t("settings.clerk")}</span><input class="input" maxlength="64" .value=${counter.settings.clerk} @change=${clerk}></label>
      <label class="check"><input type="checkbox" .checked=${counter.settings.sound} @change=${sound}> ${t("settings.sound")}</label>
      ${app.printing?.printers(app) ?? nothing}
      ${news(app)}
      ${app.place?.roll && counter.mayGive(app.place) ? html`<div class="under">${link(t("recover.link"), () => app.seldom({ at: "recover", count: 0, said: "" }))}</div>` : nothing}
      <p class="small soft">${t("settings.device", { device: counter.device?.name ?? "" })}</p></div>
  </section>`;
}

let said = "";

/** A file from the office, for a phone that hears of the server only through people. */
function news(app: App): Screen {
  const take = async (event: Event): Promise<void> => {
    const [file] = (event.target as HTMLInputElement).files ?? [];
    if (!file) return;
    try {
      await takeNews(app.counter, new Uint8Array(await file.arrayBuffer()));
      said = t("news.done");
    } catch (error) {
      said = t(`news.${error instanceof NoNews ? error.why : "bad"}`);
    }
    app.draw();
  };
  return html`<label class="field"><span>${t("news.file")}</span><input class="input" type="file" accept=".news" @change=${take}></label>
    <p class="small" role="status">${said || nothing}</p>`;
}
