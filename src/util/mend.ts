type Method<Self> = (this: Self, ...args: unknown[]) => unknown;

/** Wraps a method of a class once, however often and in whatever formats this module is loaded. */
export function mend<Self = Record<string, unknown>>(
  owner: object,
  name: string,
  wrap: (original: Method<Self>) => Method<Self>,
): void {
  const methods = owner as Record<string | symbol, Method<Self> | boolean>;
  const mark = Symbol.for(`tfjs-pruning: ${name}`);
  if (!Object.hasOwn(owner, mark)) {
    methods[mark] = true;
    methods[name] = wrap(methods[name] as Method<Self>);
  }
}
