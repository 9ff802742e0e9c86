// Answers for the door when there is no network: the page of a scanned code, and the teacher's screen that was open.
"use strict";
const CACHE = "door-1";
const OFFLINE = "/k/offline";
const CODE = /^\/k\/[A-Za-z0-9_-]{32}$/;
const SCREEN = /^\/checkins\/\d+\/\d+$/;
const HOURS = 12;

async function keepOffline() {
  const cache = await caches.open(CACHE);
  const answer = await fetch(OFFLINE, { cache: "reload" });
  if (!answer.ok) throw new Error("no offline page");
  const parts = [...(await answer.clone().text()).matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map((found) => found[1]);
  await cache.put(OFFLINE, answer);
  await cache.addAll([...new Set(parts)]);
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepOffline());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

async function part(request) {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

async function forget(all) {
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    if (!SCREEN.test(new URL(request.url).pathname)) continue;
    const made = Date.parse((await cache.match(request)).headers.get("date") || "");
    if (all || !(Date.now() - made < HOURS * 3600000)) await cache.delete(request);
  }
}

async function page(request, path) {
  const cache = await caches.open(CACHE);
  const key = new Request(path);
  try {
    const answer = await fetch(request);
    if (SCREEN.test(path)) {
      if (answer.ok) await cache.put(key, answer.clone());
      await forget(answer.type === "opaqueredirect"); // whoever has to sign in again finds nothing kept
    }
    return answer;
  } catch (error) {
    const known = (SCREEN.test(path) && (await cache.match(key))) || (await cache.match(OFFLINE));
    if (known) return known;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(part(request));
  else if (request.mode === "navigate" && (CODE.test(url.pathname) || SCREEN.test(url.pathname))) {
    event.respondWith(page(request, url.pathname));
  }
});
