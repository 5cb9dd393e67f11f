/** Throws if `options` has a key that is not among the known ones: a typo would be a silent default. */
export function assertOptions(who: string, options: object, known: readonly string[]): void {
  if (options === null) {
    throw new Error(`${who}: the options must be an object of ${known.join(', ')}, got null`);
  }
  // A list is what an allocation that was not called is given; who takes its result can say so better.
  const keys = Array.isArray(options) ? [] : Object.keys(options);
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new Error(`${who}: unknown option "${unknown}"; there are ${known.join(', ')}`);
  }
}
