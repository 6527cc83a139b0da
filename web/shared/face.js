// Which face this is; its session, kept things and outbox are its own, though all faces have one origin.

/** @type {'phone' | 'staff' | 'till'} */
export const face = globalThis.document
  ? document.documentElement.dataset.face
  : location.pathname.split('/')[2]; // a service worker: /web/phone/sw.js
