/**
 * `describe` for tests with requirements that a machine may lack. They are skipped then, and `npm test` lists them in its
 * last line; with REQUIRE_BACKENDS=all they fail.
 *
 * @param missing The missing requirement and its remedy; undefined if nothing is missing.
 */
export function describeWith(missing: string | undefined, title: string, define: () => void): void {
  if (missing === undefined) {
    describe(title, define);
  } else if (process.env.REQUIRE_BACKENDS === 'all') {
    it(title, () => {
      throw new Error(`REQUIRE_BACKENDS is all, and this machine is without ${missing}`);
    });
  } else {
    it.skip(`${title} (without ${missing})`, () => {});
  }
}
