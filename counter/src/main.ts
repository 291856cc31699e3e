/** Start: one window, what lies on the phone, then the screen it belongs to; the network comes last. */

import { App } from "./app";
import * as signals from "./device/signals";
import { wedge } from "./device/wedge";
import { Counter } from "./model/counter";
import { useCode } from "./screens/enrol";
import { open, NAME } from "./store/db";
import { hold } from "./store/tabs";

async function start(): Promise<void> {
  const moved = (): void => app?.go({ at: "elsewhere", moved: true });
  let app: App | null = null;
  const take = sessionStorage.getItem("evenhand-take") !== null;
  sessionStorage.removeItem("evenhand-take");
  const held = await hold(take, moved);
  const counter = new Counter(await open(NAME, moved));
  await counter.load();
  app = new App(counter, document.getElementById("app") as HTMLElement);
  await app.speak(counter.settings.language);
  worker(app);
  if (!held) return app.go({ at: "elsewhere", moved: false });

  const token = /^#enrol=(.+)$/.exec(location.hash)?.[1];
  history.replaceState(null, "", location.pathname);
  window.addEventListener("popstate", () => app.back());
  window.addEventListener("pointerdown", signals.wake, { once: true });
  window.addEventListener("online", () => app.soon(0));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      app.draw();
      app.soon(500);
    } else app.hidden();
  });
  wedge((text) => void app.seen(text));

  if (counter.device?.certified) {
    app.go({ at: "today" });
    void navigator.storage?.persist?.().then((kept) => {
      app.fragile = !kept;
      if (app.view.at === "today") app.draw();
    });
    app.soon(200);
    app.look(); // the reader is compiled while the clerk looks at the day
    setTimeout(() => void app.idle(), 2_000);
  } else if (token) await useCode(app, decodeURIComponent(token));
  else if (counter.device) {
    app.go({ at: "compare", silent: false, problem: "" });
    app.soon(200);
  } else app.go(localStorage.getItem("evenhand-enrolled") ? { at: "gone" } : { at: "enrol", problem: "" });
}

const TAKE_OVER = 4_000;

/** Keep the app itself on the phone; a newer one waits until the clerk has time for it. */
function worker(app: App): void {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  const ready = (registration: ServiceWorkerRegistration): void => {
    const { waiting } = registration;
    if (!waiting || !navigator.serviceWorker.controller) return;
    waiting.postMessage({ type: "GATHER" }); // a newer app is taken whole, also where there is no network then
    app.update = () => {
      // Where the old worker is still busy the new one takes over later: never while a household is served.
      const taken = (): void => void (app.view.at === "today" && location.reload());
      navigator.serviceWorker.addEventListener("controllerchange", taken, { once: true });
      waiting.postMessage({ type: "SKIP_WAITING" });
      setTimeout(() => {
        app.update = null;
        if (app.view.at === "today") app.draw();
      }, TAKE_OVER);
    };
    if (app.view.at === "today") app.draw();
  };
  navigator.serviceWorker
    .register(`${import.meta.env.BASE_URL}sw.js`)
    .then((registration) => {
      // What the first start did not need comes now: other languages, and screens that are rarely opened.
      void navigator.serviceWorker.ready.then(({ active }) => active?.postMessage({ type: "GATHER" }));
      const watch = (): void => registration.installing?.addEventListener("statechange", () => ready(registration));
      ready(registration);
      watch();
      registration.addEventListener("updatefound", watch);
    })
    .catch(() => {}); // without it the app works as long as the network does
}

void start();
