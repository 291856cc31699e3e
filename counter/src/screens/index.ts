/** Which screen a view is drawn by. */

import type { App } from "../app";
import { held } from "./asking";
import { count } from "./count";
import { done, noted } from "./done";
import { compare, enrol } from "./enrol";
import { already, give, unknown } from "./give";
import { bar, type Screen } from "./parts";
import { other } from "./other";
import { recut } from "./recut";
import { numberPad, scan } from "./scan";
import { elsewhere, gone, stuck } from "./stuck";
import { today } from "./today";

export function draw(app: App): Screen {
  const { view } = app;
  switch (view.at) {
    case "elsewhere": return elsewhere(app, view);
    case "gone": return gone(app);
    case "enrol": return enrol(app, view);
    case "compare": return compare(app, view);
    case "today": return today(app);
    case "count": return count(app, view);
    case "recut": return recut(app, view);
    case "scan": return scan(app, view);
    case "number": return numberPad(app, view);
    case "give": return give(app, view.visit);
    case "already": return already(app, view.visit);
    case "held": return held(app, view.visit);
    case "unknown": return unknown(app, view.tag);
    case "else": return app.rare?.somethingElse(app, view.visit) ?? bar(app);
    case "word": return app.rare?.word(app, view) ?? bar(app);
    case "done": return done(app, view);
    case "noted": return noted(app, view);
    case "waiting": return app.rare?.waitingList(app, view) ?? bar(app);
    case "close": return app.rare?.closeDay(app, view) ?? bar(app);
    case "queue": return app.queue?.queue(app, view) ?? bar(app);
    case "offer": return app.queue?.offer(app, view) ?? bar(app);
    case "shown": return app.queue?.shown(app, view) ?? bar(app);
    case "reading": return app.queue?.reading(app, view) ?? bar(app);
    case "taken": return app.queue?.taken(app, view) ?? bar(app);
    case "other": return other(app, view);
    case "settings": return app.rare?.settings(app) ?? bar(app);
    case "lost": return app.rare?.lost(app) ?? bar(app);
    case "recover": return app.rare?.recover(app, view) ?? bar(app);
    case "stuck": return stuck(app, view);
  }
}
