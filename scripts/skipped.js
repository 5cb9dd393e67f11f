/** A jest reporter that ends with a line that lists the skipped tests and the reasons. */
export default class {
  #globalConfig;

  constructor(globalConfig) {
    this.#globalConfig = globalConfig;
  }

  onRunComplete(_, {testResults}) {
    // With a name pattern, tests that do not match count as skipped too.
    if (this.#globalConfig.testNamePattern) return;
    const skipped = testResults.flatMap(({testResults: tests}) =>
      tests.filter(({status}) => status === 'pending'),
    );
    if (skipped.length > 0) console.error(`\n${lineOf(skipped.map(({fullName}) => fullName))}`);
  }
}

/** Groups names that end with a reason, `title (without Chromium; install it)`, by reason; others are listed unchanged. */
export function lineOf(names) {
  const reasons = new Map();
  for (const name of names) {
    const [, title, reason = ''] = name.match(/^(.*?)(?: \((without .*)\))?$/s);
    reasons.set(reason, [...(reasons.get(reason) ?? []), title]);
  }
  const parts = [...reasons].map(([reason, titles]) => {
    const tests = titles.length > 3 ? `${titles.length} tests` : titles.join(', ');
    return reason ? `${tests}, ${reason}` : tests;
  });
  return `Skipped: ${parts.join(' | ')}`;
}
