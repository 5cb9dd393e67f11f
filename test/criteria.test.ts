import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {catalog, type Entry, type Family, families} from '../scripts/catalog';
import {criteria} from '../scripts/criteria';
import * as library from '../src/index';

const file = 'docs/criteria.md';

/** The fields that the doc-comments of each family must have. */
const needed: Record<Family, readonly (keyof Entry)[]> = {
  importance: ['summary', 'formula', 'data', 'prunedFirst', 'see'],
  pattern: ['summary', 'formula', 'see'],
  allocation: ['summary', 'formula'],
  penalty: ['summary', 'formula', 'see'],
  schedule: ['summary', 'formula'],
};

it(`the tables of ${file} match the doc-comments (UPDATE_DOCS=1 writes them)`, () => {
  const before = readFileSync(file, 'utf8');
  const head = before.slice(0, before.indexOf('## Importance'));
  if (process.env.UPDATE_DOCS) writeFileSync(file, head + criteria());
  expect(readFileSync(file, 'utf8').slice(head.length)).toBe(criteria());
});

describe.each(families)('each %s', (family) => {
  it('has all fields of its table', () => {
    const lacking = catalog(family).flatMap((entry) =>
      needed[family].filter((line) => entry[line] === '').map((line) => `${entry.name}: ${line}`),
    );
    expect(lacking).toEqual([]);
  });

  it('has a row with its file', () => {
    const page = readFileSync(file, 'utf8');
    for (const entry of catalog(family)) {
      expect(existsSync(entry.file)).toBe(true);
      expect(page).toMatch(new RegExp(`^\\| \`${entry.name}\` \\|.*\\]\\(\\.\\./${entry.file}\\) \\|$`, 'm'));
    }
  });
});

it('the catalog lists every function that the library exports from the folders of the families', () => {
  const listed = families.flatMap((family) => catalog(family)).map(({name}) => name);
  const others = [
    ...[
      'addDistillation',
      'addSparsityLoss',
      'aroundStep',
      'snapshot',
      'rewind',
      'averageWeights',
      'softUpdate',
      'measure',
      'patternFor',
      'prune',
      'prunableWeights',
      'report',
      'ship',
      'strip',
      'threshold',
    ],
    ...['lamp', 'sensitivity', 'fromSensitivity', 'recalibrate'],
    ...['compact', 'compactReport', 'sparsify', 'graph', 'encode', 'decode', 'sparseFile', 'pruneArtifacts'],
  ];
  const functions = Object.entries(library).flatMap(([name, value]) =>
    typeof value === 'function' ? [name] : [],
  );
  expect(listed.concat(others).sort()).toEqual(functions.sort());
});

it('the doc-comment of an importance names its data if it needs statistics', () => {
  const makers = new Map<string, unknown>(Object.entries(library));
  for (const {name, data} of catalog('importance')) {
    const {needs = []} = (makers.get(name) as () => library.Importance)();
    expect([name, data !== 'none']).toEqual([name, needs.length > 0]);
  }
});
