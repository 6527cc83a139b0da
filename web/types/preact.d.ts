// What `web/` uses of Preact. Components are plain functions; `html` does not tell the type of what it is given.

export interface VNode {
  type: any;
  props: any;
  key: any;
}
export type Context<T> = ((props: { value: T; children?: any }) => VNode) & { Provider: any };

export function createElement(type: any, props: any, ...children: any[]): VNode;
export function render(node: any, into: Element): void;
export function createContext<T>(usual: T): Context<T>;
export function createRef<T = any>(): { current: T | null };
export const Fragment: (props: any) => VNode;
