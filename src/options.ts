/** Throws if `options` has a key that is not among the known ones: a typo would be a silent default. */
export function assertOptions(who: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new Error(`${who}: unknown option "${unknown}"; there are ${known.join(', ')}`);
  }
}
