import * as pruning from 'tfjs-pruning';
import * as callbacks from 'tfjs-pruning/callbacks';
import * as layers from 'tfjs-pruning/layers';
import * as matrix from 'tfjs-pruning/matrix';
import * as metrics from 'tfjs-pruning/metrics';
import * as statistics from 'tfjs-pruning/statistics';
import * as storage from 'tfjs-pruning/storage';
import * as wasm from 'tfjs-pruning/wasm';
import '../support/cpu';
import {callbackSpecs} from './callbacks';
import {layerSpecs} from './layers';
import {root} from './root';
import {faultOf, wrongArguments} from './spec';
import {wasmSpecs} from './wasm';

const cases = Object.entries({...root, ...callbackSpecs, ...layerSpecs, ...wasmSpecs}).flatMap(
  ([name, spec]) => {
    const wrong = wrongArguments(spec);
    return [...new Set(wrong.map(({where}) => where))].map((where) => ({
      name,
      where,
      run: spec.run,
      wrong: wrong.filter((one) => one.where === where),
    }));
  },
);

it.each(cases)('$name names itself and a wrong value of $where', async ({name, run, wrong}) => {
  const faults: Record<string, string> = {};
  for (const {what, args, named} of wrong) {
    const fault = await faultOf(name, run, await args(), named);
    if (fault !== undefined) faults[what] = fault;
  }
  expect(faults).toEqual({});
});

it('every public function has a row here', () => {
  const named = new Set(cases.map(({name}) => name));
  const entries = [pruning, callbacks, layers, matrix, metrics, statistics, storage, wasm];
  const callable = Object.assign({}, ...entries) as Record<string, unknown>;
  const isFunction = (name: string) => typeof callable[name] === 'function' && /^[a-z]/.test(name);
  // A normalization is a part itself.
  const parts = new Set(['lamp']);
  const missing = Object.keys(callable).filter((name) => isFunction(name) && !named.has(name));
  expect(missing.filter((name) => !parts.has(name))).toEqual([]);
});

const {l1, l2, activationL1Loss} = pruning;

it.each(Object.entries({l1, l2, activationL1Loss}))('%s says where its strength goes', (name, penalty) => {
  expect(() => penalty(...([0.1] as unknown[] as []))).toThrow(
    `${name}: takes no arguments, got 0.1; give the strength to sparsityLoss({penalty: ${name}(), strength: 0.1})`,
  );
});
