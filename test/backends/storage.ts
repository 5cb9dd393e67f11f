import * as tf from '@tensorflow/tfjs';
import {channel, decode, encode, prunableWeights, prune, sparseFile, strip} from 'tfjs-pruning';
import {coo, csr, solve, toDense} from 'tfjs-pruning/matrix';
import {artifactsOf, saveAndLoad} from '../support/saving';
import {type Behavior, close, equal, ok} from './behavior';
import {compiled, data, masksOf, networks, outputsOf, valuesOf, weightsOf} from './networks';

const [small, images] = networks;

export const storage: Record<string, Behavior> = {
  ...Object.fromEntries(
    networks.map(({name, make}) => [
      `a pruned network of ${name} is saved and loaded with its masks`,
      async (own) => {
        const model = own(make());
        await prune(model, 0.5);
        const back = own(await saveAndLoad(model));
        equal(await masksOf(back), await masksOf(model));
        equal(await weightsOf(back), await weightsOf(model));
      },
    ]),
  ),

  ...Object.fromEntries(
    networks.map(({name, make}) => [
      `encode() and decode() preserve every bit of ${name}`,
      async (own) => {
        const model = own(make());
        await prune(model, 0.8);
        const plain = own(await strip(model));
        const back = own((await decode(await encode(model))) as tf.LayersModel);
        equal(await weightsOf(back), await weightsOf(plain));
      },
    ]),
  ),

  'encode() writes the same bytes as on the CPU': async (own) => {
    const model = own(images.make());
    await prune(model, 0.8, {pattern: channel()});
    const backend = tf.getBackend();
    const bytes = await encode(model, {values: 'int8'});
    await tf.setBackend('cpu');
    const onCpu = own(images.make());
    await prune(onCpu, 0.8, {pattern: channel()});
    const expected = await encode(onCpu, {values: 'int8'});
    await tf.setBackend(backend);
    // The names of variables are numbered in a process, and so may be longer.
    ok(Math.abs(bytes.length - expected.length) < 40, 'the files are of the same length');
    const [one, other] = [bytes, expected].map(async (file) => own((await decode(file)) as tf.LayersModel));
    equal(await weightsOf(await one), await weightsOf(await other));
  },

  'sparseFile() saves a network through tf.io, with small errors': async (own) => {
    const model = own(compiled(small.make()));
    const {x} = data(own, model);
    await prune(model, 0.5);
    let saved: tf.io.ModelArtifacts | undefined;
    const memory: tf.io.IOHandler = {
      save: async (artifacts) => {
        saved = artifacts;
        return {modelArtifactsInfo: {dateSaved: new Date(0), modelTopologyType: 'JSON'}};
      },
      load: async () => saved as tf.io.ModelArtifacts,
    };
    await model.save(sparseFile(memory, {values: 'float16'}));
    const back = own(await tf.loadLayersModel(sparseFile(memory)));
    close(await outputsOf(back, x), await outputsOf(model, x), 1e-2);
  },

  'the file of a stripped network loads without the library': async (own) => {
    const model = own(small.make());
    await prune(model, 0.5);
    const plain = own(await strip(model));
    const {modelTopology} = await artifactsOf(plain);
    ok(!JSON.stringify(modelTopology).includes('Prunable'), 'it names plain layers alone');
    const back = own(await saveAndLoad(plain));
    equal(await weightsOf(back), await weightsOf(plain));
  },

  'a sparse matrix of a weight has its remaining elements, and restores them': async (own) => {
    const model = own(small.make());
    await prune(model, 0.5);
    const [weight] = prunableWeights(model);
    const matrix = await coo(weight);
    equal(matrix.values.length, 12);
    const back = own(toDense(matrix));
    equal(await valuesOf(back), await valuesOf(weight.value));
  },

  'solve() finds the hand-computed solution': async (own) => {
    const matrix = own(
      tf.tensor2d([
        [4, 1],
        [1, 3],
      ]),
    );
    const b = own(tf.tensor1d([1, 2]));
    const {x} = await solve(await csr(matrix), b);
    close(await valuesOf(own(x)), [1 / 11, 7 / 11]);
  },
};
