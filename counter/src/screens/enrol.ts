/** Make this phone a counter: the officer's code, then six digits that both compare. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import { CodeError } from "../formats/code";
import { begin, NoKeys } from "../sync/enrol";
import { kept } from "../store/db";
import type { View } from "../view";
import { LANGUAGES, current, t } from "../words";
import { main, link, title, type Screen } from "./parts";

type Of<At extends View["at"]> = Extract<View, { at: At }>;

export async function useCode(app: App, token: string): Promise<void> {
  try {
    app.counter.device = await begin(app.counter.db, token.trim());
  } catch (error) {
    if (error instanceof CodeError) return app.go({ at: "enrol", problem: t("enrol.bad") });
    if (error instanceof NoKeys) return app.go({ at: "enrol", problem: t("enrol.nokeys") });
    throw error;
  }
  app.go({ at: "compare", silent: false, problem: "" });
  await app.sync();
}

export function languages(app: App): Screen {
  const say = async (event: Event): Promise<void> => {
    const language = (event.target as HTMLSelectElement).value;
    await app.counter.keepSettings({ language });
    await app.speak(language);
    app.draw();
  };
  return html`<label class="field"><span>${t("settings.language")}</span>
    <select class="input" @change=${say}>${Object.entries(LANGUAGES).map(([name, own]) => html`<option value=${name} lang=${name} ?selected=${name === current()}>${own}</option>`)}</select>
  </label>`;
}

export function enrol(app: App, view: Of<"enrol">): Screen {
  const submit = (event: Event): void => {
    event.preventDefault();
    void useCode(app, new FormData(event.target as HTMLFormElement).get("code") as string);
  };
  return html`<section class="screen">
    <div class="bar"><span>Evenhand</span></div>
    <div class="head">${title(t("enrol.title"))}<p>${t("enrol.lead")}</p></div>
    <form class="stack" @submit=${submit}>
      <label class="field"><span>${t("enrol.code")}: ${t("enrol.hint")}</span>
        <input class="input input--big" name="code" dir="ltr" autocomplete="off" autocapitalize="characters" spellcheck="false" required
          aria-invalid=${view.problem ? "true" : "false"} aria-describedby="enrol-said"></label>
      <p class="must" id="enrol-said" role="alert">${view.problem || nothing}</p>
      <button class="btn btn--main">${t("enrol.go")}</button>
    </form>
    <div class="push">${languages(app)}</div>
  </section>`;
}

export function compare(app: App, view: Of<"compare">): Screen {
  const digits = app.counter.device?.digits ?? "";
  const heard = app.counter.device?.name ? t("compare.wait") : t("today.syncing");
  const again = async (): Promise<void> => {
    app.counter.device = (await kept(app.counter.db, "device")) ?? null;
    app.go({ at: "enrol", problem: "" });
  };
  return html`<section class="screen">
    <div class="bar"><span>Evenhand</span></div>
    <div class="head">${title(t("compare.title"))}<p>${t("compare.lead")}</p></div>
    <p class="code code--huge" dir="ltr">${digits.slice(0, 3)} ${digits.slice(3)}</p>
    <p role="status">${app.silent ? t("compare.silent") : view.problem || heard}</p>
    <div class="push">${view.problem || app.silent ? main(t("today.sync"), () => app.sync(), app.syncing) : nothing}
      <div class="under">${link(t("compare.other"), again)}</div></div>
  </section>`;
}
