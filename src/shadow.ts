/**
 * Puts a function in the place of a method of one object, and returns what undoes it. Where one is put over another,
 * they are to be undone from the last to the first.
 */
export function shadow<Owner extends object, Name extends keyof Owner>(
  owner: Owner,
  name: Name,
  wrap: (original: Owner[Name]) => Owner[Name],
): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  const original = (owner[name] as (...args: unknown[]) => unknown).bind(owner) as Owner[Name];
  Object.defineProperty(owner, name, {
    configurable: true,
    enumerable: true,
    writable: true,
    value: wrap(original),
  });
  return () => {
    if (before === undefined) {
      // Uncovers the method of the class.
      delete (owner as Partial<typeof owner>)[name];
    } else {
      Object.defineProperty(owner, name, before);
    }
  };
}
