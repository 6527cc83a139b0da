// Whether there is a network is told by what was answered last: a device often believes that it has one.

let isThere = globalThis.navigator.onLine;

export const isOnline = () => isThere;

/** @param {boolean} answered whether anything came back */
export function heard(answered) {
  if (answered === isThere) return;
  isThere = answered;
  globalThis.dispatchEvent(new Event('bonafeta:network'));
}

if (globalThis.document) {
  addEventListener('online', () => heard(true));
  addEventListener('offline', () => heard(false));
}
