// A face that works offline has a service worker; a new edition waits until the reader agrees, or has closed the app.

import { face } from './face.js';
import { isOnline } from './network.js';

const SCOPES = { phone: '/', till: '/till' };

/** Keep the shell on the device. Tells `bonafeta:update` when a new edition lies ready. */
export async function keepOffline() {
  const scope = SCOPES[/** @type {'phone' | 'till'} */ (face)];
  if (!navigator.serviceWorker || !scope) return;
  while (!isOnline()) await new Promise((heard) => addEventListener('bonafeta:network', heard, { once: true }));
  const registration = await navigator.serviceWorker.register(`/web/${face}/sw.js`, { scope });
  if (registration.waiting) ready();
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && registration.active) ready();
    });
  });
}

function ready() {
  dispatchEvent(new Event('bonafeta:update'));
}

/** Change to the new edition now. */
export async function update() {
  const registration = await navigator.serviceWorker.getRegistration();
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  if (registration?.waiting) registration.waiting.postMessage('activate');
  else location.reload();
}
