// What is shown depends on the time of day: a page that stays open is drawn again as it passes.

import { useEffect, useState } from '../shared/html.js';

/** Draw again after each `ms`, and when the page is looked at again. Returns how often it has. @param {number} ms */
export function useTick(ms) {
  const [n, set] = useState(0);
  useEffect(() => {
    const again = () => document.visibilityState === 'visible' && set((/** @type {number} */ before) => before + 1);
    const timer = setInterval(again, ms);
    document.addEventListener('visibilitychange', again);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', again);
    };
  }, [ms]);
  return n;
}
