/** A reporter for jest that ends with a line that says which tests were skipped, and why. */
export default class {
  #globalConfig;

  constructor(globalConfig) {
    this.#globalConfig = globalConfig;
  }

  onRunComplete(_, {testResults}) {
    // With a pattern, what does not match counts as skipped too.
    if (this.#globalConfig.testNamePattern) return;
    const skipped = testResults.flatMap(({testResults: tests}) =>
      tests.filter(({status}) => status === 'pending'),
    );
    if (skipped.length > 0) console.error(`\n${lineOf(skipped.map(({fullName}) => fullName))}`);
  }
}

/** Names with a reason at their end, `title (without Chromium; install it)`, by their reasons, the others as they are. */
export function lineOf(names) {
  const reasons = new Map();
  for (const name of names) {
    const [, title, reason = ''] = name.match(/^(.*?)(?: \((without .*)\))?$/s);
    reasons.set(reason, [...(reasons.get(reason) ?? []), title]);
  }
  const parts = [...reasons].map(([reason, titles]) => {
    const what = titles.length > 3 ? `${titles.length} tests` : titles.join(', ');
    return reason ? `${what}, ${reason}` : what;
  });
  return `Skipped: ${parts.join(' | ')}`;
}
