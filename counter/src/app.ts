/** The app: one view at a time, what a tap does, and when the server is asked. The screens only draw. */

import { render, type TemplateResult } from "lit-html";
import { scanner, type Scanner } from "./device/camera";
import * as signals from "./device/signals";
import { cardMark, tagOf } from "./formats/tag";
import { CodeError, checkCardNumber, decode } from "./formats/code";
import type { Counter } from "./model/counter";
import { keeperOf, nameOf, placeName, Stale, type Found, type Place } from "./model/place";
import { HELD, type Presented } from "./flow/decide";
import { isAsked } from "./flow/factor";
import { asked, proofOf, settled } from "./model/asking";
import type { Entry } from "./store/db";
import { askAgain } from "./sync/enrol";
import { Refused, Silence } from "./sync/api";
import { sync, type Trouble } from "./sync/sync";
import type { View, Visit } from "./view";
import { current, isLanguage, keepTimeOf, preferred, refusal, speak, speakMore, t } from "./words";
import { draw } from "./screens";
import { Later } from "./later";
import { decideFor, found } from "./model/visits";

const SYNC_EVERY = 60_000;
const SYNC_AFTER = 4_000;
const DONE_FOR = 6_000;
const DONE_SEEN = 1_200;

/** Where "back" leads. */
const PARENT: Partial<Record<View["at"], View["at"]>> = {
  count: "today", recut: "today", scan: "today", number: "scan", give: "scan", already: "scan", unknown: "scan", else: "scan", word: "scan",
  held: "scan", done: "scan", noted: "scan", waiting: "today", close: "today", settings: "today", other: "scan",
  lost: "today", recover: "today", queue: "today", offer: "queue", shown: "queue", reading: "queue", taken: "today",
};
/** How long one QR of a series is shown. */
const TURN = 300;

export class App extends Later {
  view: View = { at: "today" };
  troubles: Trouble[] = [];
  syncing = false;
  silent = false;
  trusted = true;
  fragile = false;
  cameraWorks = true;
  lit = false;
  update: (() => void) | null = null;
  private chosen = "";
  private timer = 0;
  private leaving = 0;
  private wake = 0;
  private writing = false;
  private eye: Scanner | null = null;
  private turning = 0;

  constructor(
    readonly counter: Counter,
    private readonly root: HTMLElement,
  ) {
    super();
  }

  /** The point and month this phone works for now. */
  get place(): Place | null {
    const { places } = this.counter;
    const open = places.filter((one) => one.cycle.open && !one.point.closed);
    return places.find((one) => placeName(one) === this.chosen) ?? open[0] ?? places.at(-1) ?? null;
  }

  choose(place: Place): void {
    this.chosen = placeName(place);
    this.go({ at: "today" });
  }

  async speak(language: string): Promise<void> {
    await speak(isLanguage(language) ? language : preferred());
    if (this.counter.state) keepTimeOf(this.counter.state.zone);
  }

  // ---- moving about ----

  go(view: View): void {
    const moved = view.at !== this.view.at;
    this.view = view;
    clearTimeout(this.leaving);
    clearInterval(this.turning);
    if (view.at === "shown" && view.texts.length > 1) this.turning = window.setInterval(() => this.queue?.turn(this), TURN);
    if (moved && view.at !== "today") history.pushState(null, "", location.pathname);
    if (view.at === "done" || view.at === "noted") this.leaving = window.setTimeout(() => this.go({ at: "scan", said: "" }), DONE_FOR);
    this.draw();
    if (moved) {
      window.scrollTo(0, 0);
      this.root.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    }
  }

  /** Draw again what changed in the view. */
  draw(): void {
    render(draw(this) as TemplateResult, this.root);
    document.title = `${this.root.querySelector("h1")?.textContent?.trim() ?? t("app")} · Evenhand`;
    const video = this.root.querySelector("video");
    // The next coupon is read while "given" still stands there, as soon as that has been seen.
    const done = this.view.at === "done" || this.view.at === "noted";
    clearTimeout(this.wake);
    if (video) this.look().read(video);
    else this.eye?.rest();
    if (done) this.wake = window.setTimeout(() => this.look().read(null), DONE_SEEN);
  }

  back(): void {
    this.eye?.forget();
    const { view } = this;
    if ((view.at === "else" || view.at === "word") && view.visit) {
      return this.go({ at: view.visit.decision.verdict === "contested" ? "already" : "give", visit: view.visit });
    }
    const parent = PARENT[this.view.at];
    if (parent === "scan") this.go({ at: "scan", said: "" });
    else if (parent === "queue") this.go({ at: "queue", said: "" });
    else if (parent === "today") {
      this.eye?.close();
      this.go({ at: "today" });
    }
  }

  // ---- the camera ----

  look(): Scanner {
    this.eye ??= scanner(
      (text) => void this.seen(text),
      () => this.sight(false),
      () => this.sight(true),
    );
    return this.eye;
  }

  private sight(works: boolean): void {
    this.cameraWorks = works;
    if (this.view.at === "scan") this.draw();
  }

  hidden(): void {
    this.eye?.close();
    this.lit = false;
  }

  hasLight(): boolean {
    return this.eye?.hasLight() ?? false;
  }

  async light(): Promise<void> {
    this.lit = !this.lit;
    await this.eye?.light(this.lit);
    this.draw();
  }

  // ---- a household comes ----

  /** Something was read: a coupon's code, from camera or scanner; a card's number, from a scanner. */
  async seen(text: string): Promise<void> {
    const { place } = this;
    if (text.startsWith("EH1:") && ["reading", "queue", "scan", "today"].includes(this.view.at)) return (await this.second())?.piece(this, text);
    if (this.view.at === "recover" && place?.roll) return this.rare?.torn(this, this.view, text);
    if (!place?.roll || !["scan", "number", "done", "noted", "today", "already", "unknown", "other"].includes(this.view.at)) return;
    if (!this.counter.mayGive(place)) return this.go({ at: "today" });
    const trimmed = text.trim();
    try {
      if (/^[0-9 ]{10,}$/.test(trimmed)) return await this.byNumber(checkCardNumber(trimmed));
      if (/^CARD:/i.test(trimmed)) {
        const card = this.counter.byMark(await cardMark(await decode(trimmed.slice(5))), place, "no coupon");
        return card ? await this.meet(card) : this.notThis(t("scan.card"));
      }
      const r = await decode(trimmed.split(/[:/=]/).at(-1) as string);
      const found = await this.counter.byCoupon(r, place);
      signals.read(this.counter.settings.sound);
      if (found) return await this.meet(found);
      signals.look(this.counter.settings.sound);
      this.go({ at: "unknown", tag: await tagOf(r) });
    } catch (error) {
      if (!(error instanceof CodeError)) throw error;
      this.notThis(t("scan.bad"));
    }
  }

  private notThis(said: string): void {
    signals.look(this.counter.settings.sound);
    this.go({ at: "scan", said });
  }

  async byNumber(card: string): Promise<void> {
    const place = this.place as Place;
    const found = this.counter.byCard(card, place, "no coupon");
    if (found) return this.meet(found);
    signals.look(this.counter.settings.sound);
    this.go({ at: "number", digits: card, said: t("number.none", { point: place.point.name }) });
  }

  async meetRow(index: number, presented: Presented): Promise<void> {
    await this.meet(found(this.place as Place, index, presented));
  }

  /** `here`: give although the row is another phone's, since that one is gone. */
  async meet(met: Found, here = false): Promise<void> {
    const { presence } = met.place.cycle;
    // Without coupons the card's number is how everybody comes.
    const bare = presence !== "coupon" && "exception" in met.presented && met.presented.exception !== HELD;
    const found = bare ? { ...met, presented: { exception: presence } } : met;
    const keeper = keeperOf(found.place, found.index);
    if (keeper !== found.place.me || found.held || found.place.cycle.factor !== "none") await speakMore().catch(() => {});
    if (!here && keeper !== found.place.me) {
      signals.look(this.counter.settings.sound);
      return this.go({ at: "other", found, keeper });
    }
    if (here && !keeper.startsWith("point:")) await this.counter.note(found.place, "second phone", `gives for ${keeper}`, found.row.tag);
    const decision = await decideFor(found);
    const held = "exception" in found.presented && found.presented.exception === HELD;
    const visit: Visit = {
      found, decision, amounts: { ...decision.items }, changing: new Set(), who: "", asked: false, why: held ? HELD : bare ? presence : "",
      factor: await asked(this.counter, found), witness: "",
    };
    if (found.held && !held) {
      signals.look(this.counter.settings.sound);
      return this.go({ at: "held", visit });
    }
    if (decision.verdict === "contested") signals.look(this.counter.settings.sound);
    this.go({ at: decision.verdict === "contested" ? "already" : "give", visit });
  }

  /** The main tap: sign, keep, then say that it is given. */
  async give(visit: Visit): Promise<void> {
    const { found, decision } = visit;
    const exception = "exception" in found.presented;
    if (exception && (!visit.why || (visit.why === "witness" && !visit.witness.trim()))) {
      visit.asked = true;
      return this.draw();
    }
    const factor = decision.verdict === "give" && isAsked(found.place.cycle.factor, visit.factor !== null, visit.who !== "") ? visit.factor : null;
    if (factor && !(await settled(this.counter, found, factor))) return this.draw();
    const proof = proofOf(visit, factor);
    const owed = Object.entries(decision.claim).map(([benefit, steps]) => `${benefit} ${steps}`).join(", ");
    const notes = [
      { kind: "collected by", text: visit.who }, { kind: "claim", text: owed }, { kind: "witness", text: visit.witness.trim() },
      { kind: "second factor", text: factor ? `${factor.result} ${factor.tries}` : "" },
    ].filter(({ text }) => text);
    const claim = decision.verdict === "contested" && !Object.keys(decision.items).length;
    await this.written(async () => {
      const entry = await this.counter.give({
        place: found.place, tag: found.row.tag, proof, items: visit.amounts, after: found.written,
        fromReserve: decision.fromReserve, supplementary: decision.verdict === "give" && decision.fromReserve, notes,
      });
      signals.given(this.counter.settings.sound);
      const view = { at: "done", entry, name: nameOf(found), claim, unprinted: false } as const;
      this.go(view);
      if (this.counter.settings.printer && this.counter.settings.printAll) void this.print(this.view as Extract<View, { at: "done" }>);
    });
  }

  /** Sign that the rows the office asked for collect at other points. */
  async moveAll(place: Place): Promise<void> {
    await this.written(async () => {
      const { moveAway, toMove } = await import("./model/handover");
      for (const { index, to } of toMove(place)) await moveAway(this.counter, place, index, to);
      this.go({ at: "today" });
    });
  }

  // ---- paper ----

  /** The receipt on paper. The screen stays while it is printed, and says so where it is not. */
  async print(view: Extract<View, { at: "done" }>): Promise<void> {
    const place = this.counter.places.find((one) => one.cycle.cycle === view.entry.cycle && one.point.point === view.entry.point) as Place;
    clearTimeout(this.leaving);
    const printing = await this.printer();
    if (!printing) return;
    view.unprinted = !(await printing.print(this, place, view.entry, view.name));
    if (this.view === view) this.go(view);
  }

  async undo(entry: Entry): Promise<void> {
    const place = this.counter.places.find((one) => one.cycle.cycle === entry.cycle && one.point.point === entry.point);
    if (!place) return;
    await this.written(async () => {
      await this.counter.undo(entry, place);
      this.eye?.forget();
      this.go({ at: "scan", said: t("undone") });
    });
  }

  /** Do something that must be on the disk before it is shown; if it cannot be, say so and what to do. */
  async written(work: () => Promise<void>): Promise<void> {
    if (this.writing) return; // the second tap of two
    this.writing = true;
    const back = this.view;
    try {
      await work();
      this.soon();
    } catch (error) {
      if (error instanceof Stale) return this.go({ at: "scan", said: "" });
      signals.look(this.counter.settings.sound);
      this.go({ at: "stuck", what: (error as Error).name === "QuotaExceededError" ? "full" : "broken", back });
    } finally {
      this.writing = false;
    }
  }

  // ---- the server ----

  soon(after = SYNC_AFTER): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.sync(), after);
  }

  async sync(): Promise<void> {
    if (this.syncing) return;
    const { counter } = this;
    if (!counter.device) return;
    this.syncing = true;
    this.redraw();
    try {
      if (counter.device.certified) {
        this.troubles = await sync(counter);
        if (this.troubles.length) await speakMore().catch(() => {});
        if (counter.state) keepTimeOf(counter.state.zone);
      } else await this.askOfficer();
      this.silent = false;
      this.trusted = true;
    } catch (error) {
      if (error instanceof Silence) this.silent = true;
      else if (error instanceof Refused) {
        this.silent = false;
        this.trusted = error.status !== 401;
        await speakMore().catch(() => {}); // else the server's own words stand there
        if (this.view.at === "compare") this.view.problem = refusal(error);
      } else console.error(error);
    }
    this.syncing = false;
    this.redraw();
    const waiting = counter.device && !counter.device.certified;
    if (document.visibilityState === "visible") this.soon(waiting ? 3000 : SYNC_EVERY);
  }

  private async askOfficer(): Promise<void> {
    const { counter } = this;
    counter.device = await askAgain(counter.db, counter.device as NonNullable<typeof counter.device>);
    if (!counter.device.certified) return;
    localStorage.setItem("evenhand-enrolled", counter.device.name);
    this.troubles = await sync(counter);
    await this.speak(counter.settings.language || current());
    this.go({ at: "today" });
  }

  /** New knowledge arrived: views that show it are drawn again; a clerk in the middle of something is left alone. */
  private redraw(): void {
    if (["today", "compare", "scan", "close", "waiting", "settings", "queue", "lost"].includes(this.view.at)) this.draw();
  }
}
