// What `web/` uses of Preact's hooks.

import type { Context } from './preact.d.ts';

type Change<T> = T | ((before: T) => T);

export function useState<T>(first: T | (() => T)): [T, (next: Change<T>) => void];
export function useEffect(act: () => unknown, deps?: unknown[]): void;
export function useLayoutEffect(act: () => unknown, deps?: unknown[]): void;
export function useRef<T = any>(first: T): { current: T };
export function useMemo<T>(make: () => T, deps: unknown[]): T;
export function useCallback<F extends Function>(act: F, deps: unknown[]): F;
export function useContext<T>(context: Context<T>): T;
