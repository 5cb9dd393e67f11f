import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import ts from 'typescript';
import {catalog, families} from '../../scripts/catalog';
import * as library from '../../src/index';

/** A folder of sources whose index exports the functions of one file, `norm/norm.ts`. */
function sources(index: string, file: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  mkdirSync(join(folder, 'norm'));
  writeFileSync(join(folder, 'index.ts'), index);
  writeFileSync(join(folder, 'norm', 'norm.ts'), file);
  return folder;
}

describe('catalog', () => {
  it('lists the public functions of a folder, in the order of the index, without types', () => {
    const names = (folder: string) => catalog(folder).map(({name}) => name);
    expect(names('importance')).toEqual(expect.arrayContaining(['magnitude', 'random']));
    expect(names('importance')).not.toContain('Importance');
    expect(names('pattern')).toEqual(expect.arrayContaining(['channel', 'element']));
    expect(names('schedule')).toEqual(expect.arrayContaining(['constant', 'polynomial']));
  });

  it('reads the doc-comment of an importance', () => {
    const [magnitude] = catalog('importance').filter(({name}) => name === 'magnitude');
    expect(magnitude).toMatchObject({
      file: 'src/importance/magnitude.ts',
      formula: '|w|^p',
      prunedFirst: 'the element closest to 0; of units, the one with the smallest mean of |w|^p.',
      see: expect.stringContaining('Han, Pool, Tran, Dally'),
      takes: '{p?: number}',
      bare: true,
    });
    expect(magnitude.summary).toMatch(/^Scores each element by its absolute value\.?$/);
  });

  it('has a summary of each entry of the library', () => {
    for (const family of families) {
      const entries = catalog(family);
      expect(entries.length).toBeGreaterThan(0);
      expect(entries.filter(({summary}) => summary === '')).toEqual([]);
    }
  });

  it('has examples that are calls of public functions', () => {
    const calls = families.flatMap((family) => catalog(family)).flatMap(({examples}) => examples);
    for (const call of calls) {
      const [statement] = ts.createSourceFile('call.ts', call, ts.ScriptTarget.Latest).statements;
      expect([
        call,
        ts.isExpressionStatement(statement) && ts.isCallExpression(statement.expression),
      ]).toEqual([call, true]);
      expect(Object.keys(library)).toContain(/^\w+/.exec(call)?.[0]);
    }
  });

  it('reads labelled lines before a sentence, and every example', () => {
    const folder = sources(
      `export {norm} from './norm/norm';
       export {other} from './other';`,
      `/**
        * Long vectors matter, as [1]: most of the time.
        *
        * formula: ‖w‖₂ =
        *   √Σw²
        * data: gradients
        * cost: one pass
        * pruned first: the shortest.
        * And so on.
        *
        * @see Someone: Something.
        * @example norm(1)
        * @example norm({p: 2})
        */
       export function norm(p: number | {p: number}): void {}`,
    );
    expect(catalog('norm', folder)).toEqual([
      {
        name: 'norm',
        file: 'src/norm/norm.ts',
        summary: 'Long vectors matter, as [1]: most of the time.',
        formula: '‖w‖₂ = √Σw²',
        data: 'gradients',
        cost: 'one pass',
        prunedFirst: 'the shortest. And so on.',
        see: 'Someone: Something.',
        examples: ['norm(1)', 'norm({p: 2})'],
        takes: 'number | {p: number}',
        bare: false,
      },
    ]);
  });

  it('ends a formula in a sentence with the sentence, and not at a decimal point', () => {
    const folder = sources(
      `export {norm} from './norm/norm';`,
      `/** Halves: 0.5·Σ|w|. It is a test. */
       export function norm(): void {}`,
    );
    expect(catalog('norm', folder)).toMatchObject([
      {summary: 'Halves. It is a test.', formula: '0.5·Σ|w|', examples: ['norm()'], takes: ''},
    ]);
  });
});
