import {readFileSync} from 'node:fs';
import type {Recovery} from '../../bench/graphModels/recovery';
import {recoveryFile, withRecovery} from '../../bench/graphModels/recoveryTable';
import {modelsSection, type Result, resultsFile, withModels} from '../../bench/graphModels/table';

const converted: Result = {
  ...{name: 'net', from: 'pack@1.0.0', values: 'float16', layers: 12, parameters: 3456, outside: ['TopKV2']},
  ...{on: 'node', difference: 0, differenceOfTwo: 3e-7, losses: [2, 1], remaining: 0.5, file: 0.0625},
  ...{compacted: 0, sparsified: 2e-6, decoded: 0, loaded: 0, ran: 0, shipped: 'ship: no'},
};

describe('the table of published graph models', () => {
  it('equals the table made from the results', () => {
    const page = readFileSync('docs/graph-models.md', 'utf8');
    expect(page).toBe(withModels(page, JSON.parse(readFileSync(resultsFile, 'utf8'))));
    expect(page).not.toMatch(/^\|.*(NaN|undefined|Infinity)/m);
  });

  it('lists models by package, with differences rounded up and the steps that fail', () => {
    const failed = {name: 'other', from: 'pack@1.0.0', values: 'uint8', failure: 'toLayersModel: no'};
    const section = modelsSection([converted, failed]);
    expect(section).toContain(
      '| net | float16 | 12 | 3,456 | TopKV2 | 1e-6 * | 0.500 | 50.0 % | 6.3 % | 1e-5, 1 fails |',
    );
    expect(section).toContain('| other | uint8 | – | – | all of it | – | – | – | – | – |');
    expect(section).toContain('- net, shipped: ship: no');
    expect(section).toContain('- other is not measured: toLayersModel: no');
    expect(section).toMatch(/^1 of 2 models is converted, 0 of them whole/);
  });
});

describe('the table of recovered graph models', () => {
  const page = readFileSync('docs/graph-models.md', 'utf8');
  const results: Recovery[] = JSON.parse(readFileSync(recoveryFile, 'utf8'));

  it('equals the table made from the results, and no other', () => {
    expect(page).toBe(withRecovery(page, results));
    const [{after, ...first}, ...others] = results;
    const worse = {...first, after: {...after, distance: after.distance + 0.01}};
    expect(page).not.toBe(withRecovery(page, [worse, ...others]));
  });

  it('stands below the recipe of the model whose channels are pruned', () => {
    const plan = results.find(({pattern}) => pattern === 'channels');
    expect(page).toContain(`await prune(model, ${plan?.sparsity.toFixed(1)}, {pattern: channel()`);
    expect(page).toContain(`adam(${plan?.rate.toExponential()})`);
    expect(page).toContain(`{epochs: ${plan?.epochs}, batchSize: ${plan?.batchSize}, `);
  });

  it('lists models that come closer to the original, and than a constant', () => {
    for (const {before, after} of results) {
      expect(after.distance).toBeLessThan(Math.min(before.distance, 1));
      expect(after.agreement).toBeGreaterThan(before.agreement);
    }
    expect(new Set(results.map(({pattern}) => pattern))).toEqual(new Set(['channels', 'elements']));
  });
});
