// What components ask of the world: an answer of the API, the network, the outbox, the language.

import { useCallback, useEffect, useRef, useState } from './html.js';
import { isOnline } from './network.js';
import { outbox, onOutbox } from './queue.js';
import * as store from './store.js';

/**
 * Ask when the component appears and whenever `deps` change. With `keep`, what was answered last is shown at once and
 * offline, `isKept` says that it is not new, and it is asked for anew when the network is back.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} ask
 * @param {any[]} deps
 * @param {{keep?: string}} [options] `keep`: a name in the box `kept`
 * @returns {{data: T | undefined, error: unknown, isLoading: boolean, isKept: boolean, again: () => void}}
 */
export function useAsked(ask, deps, { keep } = {}) {
  const [state, setState] = useState(/** @type {any} */ ({ isLoading: true, isKept: false }));
  const [round, setRound] = useState(0);
  useEffect(() => {
    const call = new AbortController();
    let isAnswered = false;
    const set = (/** @type {any} */ next) => !call.signal.aborted && setState(next);
    setState((/** @type {any} */ before) => ({ ...before, isLoading: true, error: undefined }));
    if (keep) {
      store.get('kept', keep).then(
        (data) => data !== undefined && !isAnswered && set((/** @type {any} */ now) => ({ ...now, data, isKept: true })),
        () => {},
      );
    }
    ask(call.signal).then(
      (data) => {
        isAnswered = true;
        set({ data, isLoading: false, isKept: false });
        if (keep && !call.signal.aborted) store.put('kept', keep, data).catch(() => {});
      },
      (error) => set((/** @type {any} */ before) => ({ ...before, error, isLoading: false })),
    );
    return () => call.abort();
  }, [...deps, round]);
  const again = useCallback(() => setRound((n) => n + 1), []);
  useEffect(() => {
    if (!keep) return undefined;
    const heard = () => isOnline() && again();
    addEventListener('bonafeta:network', heard);
    return () => removeEventListener('bonafeta:network', heard);
  }, [Boolean(keep)]);
  return { ...state, again };
}

/** Whether there is a network, as far as anyone knows. */
export function useOnline() {
  useEvent('bonafeta:network');
  return isOnline();
}

/** What waits in the outbox. @param {(finished: any) => void} [onFinished] hears what a wish became */
export function useOutbox(onFinished) {
  const [entries, setEntries] = useState(/** @type {import('./queue.js').Entry[]} */ ([]));
  const listener = useRef(onFinished);
  listener.current = onFinished;
  useEffect(() => {
    const read = () => outbox().then(setEntries);
    read();
    return onOutbox((finished) => {
      read();
      if (finished) listener.current?.(finished);
    });
  }, []);
  return entries;
}

/** Draw again on an event of the window, such as `bonafeta:language`. @param {...string} names */
export function useEvent(...names) {
  const [, again] = useState(0);
  useEffect(() => {
    const heard = () => again((n) => n + 1);
    names.forEach((name) => addEventListener(name, heard));
    return () => names.forEach((name) => removeEventListener(name, heard));
  }, []);
}
