// While a code is shown the screen stays awake, where the browser can do that.

import { useEffect } from '../shared/html.js';

/** @param {boolean} isWanted */
export function useAwake(isWanted) {
  useEffect(() => {
    const { wakeLock } = /** @type {any} */ (navigator);
    if (!isWanted || !wakeLock) return undefined;
    let isOver = false;
    /** @type {any} */
    let lock;
    async function hold() {
      if (document.visibilityState !== 'visible') return; // the browser has let it go, and gives it only to what is seen
      try {
        lock = await wakeLock.request('screen');
        if (isOver) lock.release();
      } catch {
        // a phone that saves power may refuse
      }
    }
    hold();
    document.addEventListener('visibilitychange', hold);
    return () => {
      isOver = true;
      document.removeEventListener('visibilitychange', hold);
      lock?.release();
    };
  }, [isWanted]);
}
