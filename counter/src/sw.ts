/** The service worker: the whole app lies on the phone, so that it starts without a network. Calls to the server are
 * never kept. A new version waits until the clerk takes it: no screen changes under somebody's hands. */

declare global {
  interface Window {
    __WB_MANIFEST: { url: string; revision: string | null }[];
  }
}

const worker = self as unknown as ServiceWorkerGlobalScope;
const FILES = [...new Map(self.__WB_MANIFEST.map((file) => [file.url, file])).values()];
const BASE = new URL("./", worker.location.href);
const NAME = "evenhand-";
/** A name for this set of files: names under assets/ hold their hash, the others come with a revision. */
const CACHE = NAME + FILES.map(({ url, revision }) => url + (revision ?? "")).reduce((sum, text) => [...text].reduce((n, c) => (Math.imul(n, 31) + c.charCodeAt(0)) | 0, sum), 7);
/** Languages and rare screens come when they are first wanted, or once the app runs: they do not delay the first start. */
const LATER = /assets\/later-/;

worker.addEventListener("install", (event) => {
  const now = FILES.filter(({ url }) => !LATER.test(url)).map(({ url }) => new Request(new URL(url, BASE), { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(now)));
});

worker.addEventListener("activate", (event) => {
  const clean = async (): Promise<void> => {
    const old = (await caches.keys()).filter((name) => name.startsWith(NAME) && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(clean());
});

worker.addEventListener("message", (event) => {
  const type = (event.data as { type?: string } | null)?.type;
  if (type === "SKIP_WAITING") void worker.skipWaiting();
  if (type === "GATHER") event.waitUntil(gather());
});

/** Keep what is not here yet; what cannot be fetched now is asked for at the next start. */
async function gather(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const { url } of FILES) {
    const whole = new URL(url, BASE).href;
    if (LATER.test(url) && !(await cache.match(whole))) await cache.add(whole).catch(() => {});
  }
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== BASE.origin || !url.pathname.startsWith(BASE.pathname)) return;
  const wanted = request.mode === "navigate" ? new URL("index.html", BASE).href : url.origin + url.pathname;
  const answer = async (): Promise<Response> => {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(wanted);
    if (kept) return kept;
    const fresh = await fetch(request);
    if (fresh.ok && LATER.test(wanted)) await cache.put(wanted, fresh.clone());
    return fresh;
  };
  event.respondWith(answer());
});

export {};
