/**
 * The telephone's worker: the pages of an engineer open without a network, with what was read last. It answers nothing that the network can
 * answer, and forgets what was read when somebody signs in or out. The build fills in which files there are.
 */
const FILES = __FILES__;
const SHELL = "postsale-shell-__VERSION__";
const SAID = "postsale-said";

/** What an engineer's pages read. Streams and everything else of the API are left alone. */
const READ = /^\/api\/v1\/(sessions\/current|work-orders(\/[^/]+)?|tickets\/[^/]+\/quotes|facts\/[a-z-]+|bells)$/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((shell) => shell.addAll(["/", "/favicon.svg", ...FILES]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== SHELL && name !== SAID).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

const isField = async (event) => {
  const client = event.clientId ? await self.clients.get(event.clientId) : undefined;
  return client !== undefined && new URL(client.url).pathname.startsWith("/field");
};

/** The network's answer, kept for later; without a network the one that was kept. */
async function said(event) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok && (await isField(event))) await (await caches.open(SAID)).put(event.request, answer.clone());
    return answer;
  } catch (broken) {
    const kept = await (await caches.open(SAID)).match(event.request, { ignoreVary: true });
    if (kept) return kept;
    throw broken;
  }
}

/** The page from the network; without one the shell of the application. */
async function page(event) {
  try {
    return await fetch(event.request);
  } catch (broken) {
    const shell = await caches.match("/");
    if (shell) return shell;
    throw broken;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method !== "GET") {
    // Another person, or nobody: what was read is not for them.
    if (/^\/api\/v1\/sessions(\/current)?$/.test(url.pathname)) event.waitUntil(caches.delete(SAID));
    return;
  }
  if (request.mode === "navigate" && url.pathname.startsWith("/field")) event.respondWith(page(event));
  else if (FILES.includes(url.pathname) || url.pathname === "/favicon.svg") event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept ?? fetch(request)));
  else if (READ.test(url.pathname)) event.respondWith(said(event));
});
