type Method = (this: Record<string, unknown>, ...args: unknown[]) => unknown;

/** Wraps a method of a class once, however often and in whatever formats this module is loaded. */
export function mend(owner: object, name: string, wrap: (original: Method) => Method): void {
  const methods = owner as Record<string | symbol, Method | boolean>;
  const mark = Symbol.for(`tfjs-pruning: ${name}`);
  if (!Object.hasOwn(owner, mark)) {
    methods[mark] = true;
    methods[name] = wrap(methods[name] as Method);
  }
}
