/** Something else: nothing handed over, held, a complaint. Each with a reason; nothing ends without a word. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import type { Key } from "../words";
import { nameOf, type Place } from "../model/place";
import type { View, Visit, WordKind } from "../view";
import { t } from "../words";
import { bar, chips, title, type Screen } from "./parts";
import { found } from "../model/visits";

const REASONS: Record<WordKind, readonly Key[]> = {
  refuse: ["word.refuse.1", "word.refuse.2", "word.refuse.3", "word.other"],
  hold: ["word.hold.1", "word.hold.2", "word.other"],
  complaint: ["word.complaint.1", "word.complaint.2", "word.complaint.3", "word.complaint.4", "word.other"],
};

/** The reason that stands on the receipt: short, the same in every language. */
const PROOFS: Partial<Record<Key, string>> = {
  "word.refuse.1": "not wanted today", "word.refuse.2": "cannot carry", "word.refuse.3": "wrong person", "word.hold.1": "held: two claim",
  "word.hold.2": "held: officer",
};

export function somethingElse(app: App, visit: Visit): Screen {
  const to = (kind: WordKind) => (): void => app.go({ at: "word", visit, kind, tag: visit.found.row.tag, choice: "", text: "", asked: false });
  const lost = (): Promise<void> => {
    const index = visit.found.place.roll?.byTag(visit.found.row.tag) ?? -1;
    return app.meet(found(visit.found.place, index, { exception: "lost coupon" }));
  };
  const row = (label: Key, hint: Key, act: () => unknown): Screen =>
    html`<li><button class="row" @click=${act}><span><b>${t(label)}</b><span>${t(hint)}</span></span></button></li>`;
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t("else.title"))}<p class="soft"><bdi>${nameOf(visit.found)}</bdi></p></div>
    <ul class="rows" role="list">${row("else.complaint", "else.complaint.hint", to("complaint"))}
      ${visit.found.visits.receipts.length ? nothing : html`${row("else.refuse", "else.refuse.hint", to("refuse"))}${row("else.hold", "else.hold.hint", to("hold"))}`}
      ${"r" in visit.found.presented ? nothing : row("else.lost", "else.lost.hint", lost)}</ul>
  </section>`;
}

export function word(app: App, view: Extract<View, { at: "word" }>): Screen {
  const { kind, visit } = view;
  const heading: Key = kind === "refuse" ? "else.refuse" : kind === "hold" ? "else.hold" : "else.complaint";
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!view.choice || (view.choice === "word.other" && !view.text.trim())) {
      view.asked = true;
      return app.draw();
    }
    await app.written(async () => {
      await keep(app, view);
      app.go({ at: "noted", name: visit ? nameOf(visit.found) : "" });
    });
  };
  return html`<section class="screen">${bar(app)}
    <div class="head">${title(t(heading))}${visit ? html`<p class="soft"><bdi>${nameOf(visit.found)}</bdi></p>` : nothing}</div>
    <form class="stack" @submit=${save}>
      ${chips("reason", t("word.reason"), REASONS[kind].map((key) => ({ value: key, label: t(key) })), view.choice, (value) => {
        view.choice = value;
        view.asked = false;
        app.draw();
      }, true)}
      <label class="field"><span>${t("word.text")}</span>
        <input class="input" maxlength="200" .value=${view.text} @input=${(event: Event) => (view.text = (event.target as HTMLInputElement).value)}></label>
      ${kind === "hold" ? html`<p class="notice">${t("word.notice")}</p>` : nothing}
      <p class="must" role="alert">${view.asked ? t("word.missing") : nothing}</p>
      <button class="btn btn--main">${t("word.save")}</button>
    </form>
  </section>`;
}

async function keep(app: App, view: Extract<View, { at: "word" }>): Promise<void> {
  const { kind, visit, tag } = view;
  const place = visit?.found.place ?? (app.place as Place);
  const text = [view.choice, view.text.trim()].filter(Boolean).join(": ");
  if (kind === "complaint" || !visit) {
    await app.counter.note(place, "complaint", text, tag);
    return;
  }
  const proof = PROOFS[view.choice as Key] ?? (kind === "hold" ? "held: other" : "refused: other");
  await app.counter.give({ place, tag, proof, items: {}, after: visit.found.written, notes: [{ kind: kind === "hold" ? "held" : "refused", text }] });
}

