type Method<Self> = (this: Self, ...args: unknown[]) => unknown;

/**
 * Replaces a method of a class once, even if this module is loaded several times, in any format.
 *
 * @param replacement Gets the object, the original method bound to it, and the arguments.
 */
export function mend<Self = Record<string, unknown>>(
  owner: object,
  name: string,
  replacement: (self: Self, original: (...args: unknown[]) => unknown, ...args: unknown[]) => unknown,
): void {
  const methods = owner as Record<string | symbol, Method<Self> | boolean>;
  const mark = Symbol.for(`tfjs-pruning: ${name}`);
  if (Object.hasOwn(owner, mark)) return;
  methods[mark] = true;
  const original = methods[name] as Method<Self>;
  methods[name] = function (...args) {
    return replacement(this, (...given) => original.apply(this, given), ...args);
  };
}
