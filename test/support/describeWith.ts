/**
 * `describe` for tests with requirements that a machine may lack. They are skipped then, and `npm test` lists them in its
 * last line; with REQUIRE_BACKENDS=all they fail.
 *
 * @param missing The missing requirement and its remedy; undefined if nothing is missing.
 * @param options.isOptional Whether they are skipped with REQUIRE_BACKENDS=all, too.
 */
export function describeWith(
  missing: string | undefined,
  title: string,
  define: () => void,
  {isOptional = false}: {isOptional?: boolean} = {},
): void {
  if (missing === undefined) {
    describe(title, define);
  } else if (process.env.REQUIRE_BACKENDS === 'all' && !isOptional) {
    it(title, () => {
      throw new Error(`REQUIRE_BACKENDS is all, and this machine is without ${missing}`);
    });
  } else {
    it.skip(`${title} (without ${missing})`, () => {});
  }
}
