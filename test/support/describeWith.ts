/**
 * `describe` for tests of something that a machine may be without. They are skipped there, and `npm test` says so in
 * a line at its end; with REQUIRE_BACKENDS=all they fail.
 *
 * @param missing What the machine is without, and what to do about it; undefined where it is there.
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
