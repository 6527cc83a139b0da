// Which face this is; its session, kept things and outbox are its own, though all faces have one origin.

export const face = /** @type {'phone' | 'staff' | 'till'} */ (
  globalThis.document ? document.documentElement.dataset.face : location.pathname.split('/')[2] // a service worker: /web/phone/sw.js
);
