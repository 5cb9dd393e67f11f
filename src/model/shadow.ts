type Method = (...args: unknown[]) => unknown;
type Wrap = (original: Method) => Method;

/** The functions that replace methods of objects, outermost last. */
const shadowed = new WeakMap<object, Map<PropertyKey, {wraps: Wrap[]; compose: () => void}>>();

/**
 * Replaces a method of one object, and returns the function that restores it. Several may be stacked, and be undone in any
 * order.
 */
export function shadow<Owner extends object, Name extends keyof Owner>(
  owner: Owner,
  name: Name,
  wrap: (original: Owner[Name]) => Owner[Name],
): () => void {
  const methods = shadowed.get(owner) ?? new Map();
  shadowed.set(owner, methods);
  const {wraps, compose} = methods.get(name) ?? cover(owner, name, () => methods.delete(name));
  methods.set(name, {wraps, compose});
  // A new function, because one `wrap` may be given twice.
  const own: Wrap = (original) => wrap(original as Owner[Name]) as Method;
  wraps.push(own);
  compose();
  return () => {
    const at = wraps.indexOf(own);
    if (at >= 0) {
      wraps.splice(at, 1);
      compose();
    }
  };
}

function cover(owner: object, name: PropertyKey, uncovered: () => void) {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  const original = (owner as Record<PropertyKey, Method>)[name].bind(owner);
  const wraps: Wrap[] = [];
  const compose = () => {
    if (wraps.length > 0) {
      const value = wraps.reduce((method, wrap) => wrap(method), original);
      Object.defineProperty(owner, name, {configurable: true, enumerable: true, writable: true, value});
    } else if (before === undefined) {
      // Uncovers the class's method.
      delete (owner as Record<PropertyKey, Method>)[name];
      uncovered();
    } else {
      Object.defineProperty(owner, name, before);
      uncovered();
    }
  };
  return {wraps, compose};
}
