import {readFileSync} from 'node:fs';
import type {Line} from '../../bench/methods/line';
import {highSparsity} from '../../bench/page/highSparsity';
import {peers} from '../../bench/page/peers';
import {Results, spread} from '../../bench/page/summary';
import {accuracies, costs} from '../../bench/page/tables';
import {limited} from '../support/programs';

/** A line of LeNet-300-100, by the fields that the tests read. */
function line(method: Line['method'], sparsity: number, seed: number, test: number): Line {
  const accuracy = {validation: test + 1, test};
  return {
    id: `lenet-300-100/${method}/${sparsity}/${seed}`,
    network: 'lenet-300-100',
    ...{method, sparsity, seed},
    recipe: {data: 'mnist', examples: 9, batch: 3, denseEpochs: 1, epochs: 1, rate: 1, strength: 1},
    split: {training: 9, validation: 9, test: 9},
    accuracy: {before: accuracy, after: accuracy, decoded: {...accuracy, test: test - 1}},
    size: 266_200,
    kept: 2662,
    bytes: {dense: 4000, lossless: 3000, rounded: 1000},
    values: 'int8',
    macs: {dense: 266_200, nonzero: 2662, compact: 5000},
    backend: 'wasm',
    seconds: 1,
  };
}

describe('the results page', () => {
  it('equals the page made from the lines in bench/results', () => {
    expect(limited(1e6, ['bench/results.ts', '--check'])).toMatchObject({status: 0, stderr: ''});
  });

  it('names no run that was not made', () => {
    const page = readFileSync('docs/results.md', 'utf8');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('gives means with the deviation of a sample over seeds, and the number of seeds where some are missing', () => {
    const results = new Results([
      ...[90, 92, 94].map((test, i) => line('fisher', 0.99, i + 1, test)),
      ...[80, 81].map((test, i) => line('random', 0.99, i + 1, test)),
      line('fisher', 0.9, 1, 97),
    ]);
    expect(spread([90, 92, 94])).toEqual({mean: 92, deviation: 2, count: 3});
    expect(accuracies(results, 'lenet-300-100', ['random', 'taylor', 'fisher']).split('\n').slice(2)).toEqual(
      ['| random | – | 80.50 ± 0.71 (2 of 3) |', '| fisher | 97.00 (1 of 3) | 92.00 ± 2.00 |'],
    );
    expect(costs(results, 'lenet-300-100', ['fisher'], 0.99)).toContain(
      '| fisher | 2,662 | 3,000 | 1,000 | 91.00 ± 2.00 | 2,662 | 5,000 |',
    );
  });

  it('counts the last of several lines of a run', () => {
    const results = new Results([line('fisher', 0.9, 1, 10), line('fisher', 0.9, 1, 20)]);
    expect(results.lines).toHaveLength(1);
    expect(accuracies(results, 'lenet-300-100', ['fisher'])).toContain('| fisher | 20.00 (1 of 3) |');
  });

  it('shows other libraries beside this one, and where masks differ', () => {
    const cell = {network: 'mlp', method: 'global', sparsity: 0.9, peer: 'torch'};
    const table = peers([
      {kind: 'accuracy', ...cell, seed: 1, accuracy: 97, gzipBytes: 900},
      {kind: 'accuracy', ...cell, seed: 2, accuracy: 97, gzipBytes: 1100},
      {kind: 'time', ...cell, stepRatio: 1.5, updateSeconds: 0.25},
      {kind: 'masks', name: 'ties', peer: 'torch', weights: 1000, different: 3, differs: 'another order'},
    ]);
    expect(table).toContain('| mlp, global, 90 % | torch | 97.00 ± 0.00 | 2 | 1,000 | 1.50 | 0.2500 |');
    expect(table).toContain('| ties | torch | 1,000 | 3 | another order |');
    expect(peers([])).toBe('Not run yet.');
  });

  it('shows published figures and our own, with their settings', () => {
    const stages = [{epochs: 75, rate: 1}];
    const files = {int8: {bytes: 8000, accuracy: 98}};
    const table = highSparsity([
      {
        ...{name: 'ours', seed: 1, net: 'mlp', images: 'mnist', teacher: true, temperature: 4, stages},
        ...{kept: 2662, split: {training: 55_000}},
      },
      {name: 'ours', seed: 1, test: {accuracy: 98.3, files}},
    ]);
    expect(table).toMatch(/\| GSM \| 60 \| 98\.18 \| – \| .*no teacher/);
    expect(table).toContain(
      '| `ours` | 100 | 98.30 | 8000 | with a teacher, 75 epochs of 55,000 images | 1 seed |',
    );
  });
});
