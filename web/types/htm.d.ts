// htm: a template becomes a call of what it was bound to.

declare const htm: {
  bind<Node>(make: (type: any, props: any, ...children: any[]) => Node): (strings: TemplateStringsArray, ...values: any[]) => Node;
};
export default htm;
