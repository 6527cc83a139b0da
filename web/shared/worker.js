// A face without a network: its shell is kept as one edition, whole; the API is never kept here.

import { sendAll } from './queue.js';

/**
 * @param {ServiceWorkerGlobalScope} worker
 * @param {{face: string, page: string, edition: string, files: string[]}} shell written by the server
 */
export function serve(worker, shell) {
  const prefix = `bonafeta-${shell.face}-`;
  const name = prefix + shell.edition;

  worker.addEventListener('install', (event) => event.waitUntil(fill()));
  worker.addEventListener('activate', (event) => event.waitUntil(forgetOthers().then(() => worker.clients.claim()))); // also a first visit may lose its network
  worker.addEventListener('message', (event) => event.data === 'activate' && worker.skipWaiting());
  worker.addEventListener('sync', (/** @type {any} */ event) => event.waitUntil(sendWhatWaits()));
  worker.addEventListener('fetch', (event) => {
    const { pathname } = new URL(event.request.url);
    if (event.request.mode === 'navigate' && pathname === shell.page) {
      event.respondWith(kept(shell.page, event.request));
    } else if (pathname.startsWith(`/web/${shell.edition}/`)) {
      event.respondWith(kept(pathname, event.request));
    }
  });

  async function fill() {
    const page = await fetch(shell.page, { cache: 'reload' });
    if (!page.ok || !(await page.clone().text()).includes(`/web/${shell.edition}/`)) {
      throw new Error('the page is of another edition'); // the browser tries again later
    }
    const cache = await caches.open(name);
    await cache.addAll(shell.files);
    await cache.put(shell.page, page);
  }

  async function forgetOthers() {
    const names = await caches.keys();
    await Promise.all(names.filter((other) => other.startsWith(prefix) && other !== name).map((other) => caches.delete(other)));
  }

  /** @param {string} address @param {Request} request */
  async function kept(address, request) {
    const cache = await caches.open(name);
    return (await cache.match(address)) ?? fetch(request);
  }

  async function sendWhatWaits() {
    if (!(await sendAll())) {
      throw new Error('something still waits'); // the browser tries again later
    }
  }
}
