/** Today: which point and month, who is still to come, what is here, how old the phone's knowledge is. */

import { html, nothing } from "lit-html";
import type { App } from "../app";
import { isMine, isSecond, mine, placeName, served, type Place } from "../model/place";
import { benefitName, date, period, quantity, refusal, t, when } from "../words";
import { typedFor } from "./count";
import { link, lotLine, main, picture, stockBar, title, type Screen } from "./parts";
import { onHand } from "../model/stock";

const CLOCK_SLACK = 15 * 60;
/** Troubles that are told in full in the clerk's language; with the others stands what the server said. */
const OWN_WORDS: ReadonlySet<string> = new Set(["forked", "unsigned", "tags"]);

export function today(app: App): Screen {
  const { place } = app;
  if (!place) return nothingToDo(app);
  const { counter } = app;
  const all = place.roll ? mine(place) : place.point.rows;
  const come = served(place);
  return html`<section class="screen">
    <div class="bar"><span>${counter.device?.name}</span><span>${heardLine(app)}</span></div>
    <div class="head">${title(place.point.name)}
      <p class="soft">${t("today.date", { period: period(place.cycle.period), last: date(place.cycle.last) })}</p></div>
    ${notices(app, place)}
    <dl class="facts">
      <div><dt>${t("today.households")}</dt><dd>${all}</dd></div>
      <div><dt>${t("today.left")}</dt><dd>${all - come}</dd></div>
      <div><dt>${t("today.unsent")}</dt><dd>${counter.unsentCount}</dd></div>
    </dl>
    ${stock(app, place)}
    ${places(app, place)}
    <div class="push">${mainButton(app, place)}
      <div class="under">${place.roll ? link(t("today.waiting"), () => app.seldom({ at: "waiting", find: "" })) : nothing}
        ${place.roll ? link(t("today.close"), () => app.seldom({ at: "close", typed: {}, why: "", signed: false, saved: "" })) : nothing}
        ${place.roll && counter.mayGive(place) ? link(t("queue.title"), async () => (await app.second())?.open(app)) : nothing}
        ${link(t("today.settings"), () => app.seldom({ at: "settings" }))}</div></div>
  </section>`;
}

function heardLine(app: App): string {
  if (app.syncing) return t("today.syncing");
  return app.counter.heardAt ? t("heard", { when: when(app.counter.heardAt, app.counter.clock()) }) : t("heard.never");
}

function nothingToDo(app: App): Screen {
  return html`<section class="screen">
    <div class="bar"><span>Evenhand</span><span>${heardLine(app)}</span></div>
    <div class="head">${title(t("today.nocycle"))}<p>${t("today.nocycle.hint")}</p></div>
    ${warnings(app)}
    <div class="push">${main(t("today.sync"), () => app.sync(), app.syncing)}
      <div class="under">${link(t("today.settings"), () => app.seldom({ at: "settings" }))}</div></div>
  </section>`;
}

/** What must be seen, each with what to do. */
function warnings(app: App): unknown {
  const must = (words: string, lead = ""): Screen => html`<div class="notice notice--must"><p class="must">${words}</p>${lead ? html`<p dir="auto">${lead}</p>` : nothing}</div>`;
  return html`
    ${app.update ? html`<div class="notice"><p>${t("today.update")}</p>${link(t("today.update.go"), app.update)}</div>` : nothing}
    ${app.trusted ? nothing : must(t("trust.title"), t("trust.lead"))}
    ${app.troubles.map(({ what, said, refused }) => must(t(`trouble.${what}`, { said }) || what, OWN_WORDS.has(what) ? "" : refused ? refusal(refused) : said))}
    ${app.silent ? html`<div class="notice"><p>${t("silent")}</p>${link(t("silent.more"), () => app.seldom({ at: "lost" }))}</div>` : nothing}
    ${app.fragile && app.counter.unsentCount ? html`<div class="notice"><p>${t("today.fragile")}</p></div>` : nothing}`;
}

/** Whether this phone took the place of another one within this month. */
function replaced(place: Place): boolean {
  return place.point.holders.length > 1 && !isSecond(place);
}

/** Rows the office asks for at other points: one tap. */
function leaving(app: App, place: Place): unknown {
  const count = place.point.moves.filter(([tag]) => {
    const index = place.roll?.byTag(tag) ?? -1;
    return index >= 0 && index < (place.roll?.own ?? 0) && isMine(place, index);
  }).length;
  return count ? html`<div class="notice"><p>${t("today.moves", { n: count })}</p>${link(t("today.moves.go"), () => app.moveAll(place))}</div>` : nothing;
}

function notices(app: App, place: Place): unknown {
  const { counter } = app;
  const { state, heardAt } = app.counter;
  const skewed = state && Math.abs(state.now - heardAt) > CLOCK_SLACK;
  const closed = place.point.closed || app.counter.closed.has(place.cycle.cycle);
  const say = (words: string): Screen => html`<div class="notice"><p>${words}</p></div>`;
  const name = period(place.cycle.period);
  return html`${warnings(app)}
    ${state?.demo ? html`<p class="small soft">${t("demo")}</p>` : nothing}
    ${skewed ? say(t("today.clock")) : nothing}
    ${place.roll ? nothing : say(t("today.noroll"))}
    ${replaced(place) && !place.book.last && counter.mayGive(place) ? html`<div class="notice"><p>${t("recover.offer")}</p>${link(t("recover.link"), () => app.seldom({ at: "recover", count: 0, said: "" }))}</div>` : nothing}
    ${leaving(app, place)}
    ${isSecond(place) && !mine(place) ? say(t("queue.empty.lead")) : nothing}
    ${closed ? say(t("today.closed", { period: name })) : place.cycle.open ? nothing : say(t("today.notopen", { period: name }))}`;
}

function stock(app: App, place: Place): unknown {
  const here = onHand(place);
  const lines = place.cycle.benefits.filter(({ id }) => here[id]);
  if (!lines.length) return nothing;
  return html`<h2>${t("today.stock")}</h2><ul class="ration stock" role="list">${lines.map((benefit) => {
    const { had, left } = here[benefit.id] as { had: number; left: number };
    return html`<li><div class="line">${picture(benefit.pictogram)}<b>${benefitName(benefit)}</b>
      <span>${t("today.of", { left: quantity(left, benefit), had: quantity(had, benefit) })}</span>${stockBar(left, had)}
      ${place.count ? html`<span class="lot">${lotLine(app, place, benefit)}</span>` : nothing}</div></li>`;
  })}</ul>`;
}

function places(app: App, place: Place): unknown {
  const others = app.counter.places.filter((one) => one !== place);
  if (!others.length) return nothing;
  return html`<details><summary>${t("today.places")}</summary><ul class="rows" role="list">${others.map(
    (one) => html`<li><button class="row" data-place=${placeName(one)} @click=${() => app.choose(one)}><b>${one.point.name}</b><span>${period(one.cycle.period)}</span></button></li>`,
  )}</ul></details>`;
}

/** Count first, hand out then. A point that has begun goes on without a count. */
function mainButton(app: App, place: Place): Screen {
  if (isSecond(place) && !(place.roll && mine(place))) return main(t("queue.scan"), async () => (await app.second())?.open(app));
  if (!place.roll) return main(t("today.sync"), () => app.sync(), app.syncing);
  const counted = isSecond(place) || place.count || place.point.counted || place.book.last;
  if (!counted && !place.point.closed) return main(t("today.count"), () => app.go({ at: "count", typed: typedFor(app, place), asked: false }));
  return main(t("today.start"), () => app.go({ at: "scan", said: "" }), !app.counter.mayGive(place));
}
