import * as tf from '@tensorflow/tfjs';
import {channel, compact, graph, prune, report, sparsify, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {architectures} from '../support/architectures';
import {seeded} from '../support/models';
import {asOnCpu, type Behavior, close, equal, needing, ok} from './behavior';
import {compiled, data, networks, outputsOf, weightsOf} from './networks';

const parametersOf = (model: tf.LayersModel) => model.countParams();

/** A residual block between two convolutions. */
function residual(): tf.LayersModel {
  const conv = (filters: number, seed: number) =>
    tf.layers.conv2d({
      filters,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: seeded(seed),
    });
  const input = tf.input({shape: [6, 6, 2]});
  const stem = conv(8, 1).apply(input) as tf.SymbolicTensor;
  const inner = conv(8, 2).apply(stem) as tf.SymbolicTensor;
  const sum = tf.layers.add().apply([stem, conv(8, 3).apply(inner) as tf.SymbolicTensor]);
  const flat = tf.layers.flatten().apply(sum) as tf.SymbolicTensor;
  const dense = tf.layers.dense({units: 3, kernelInitializer: seeded(4), name: 'output'});
  return tf.model({inputs: input, outputs: dense.apply(flat) as tf.SymbolicTensor});
}

export const surgery: Record<string, Behavior> = {
  ...Object.fromEntries(
    networks.map(({name, make}) => [
      `strip() of ${name} returns a plain network with the same outputs`,
      async (own) => {
        const model = own(compiled(make()));
        const {x} = data(own, model);
        await prune(model, 0.6);
        const plain = own(await strip(model));
        close(await outputsOf(plain, x), await outputsOf(model, x));
        ok(!JSON.stringify(plain.toJSON()).includes('Prunable'), 'its layers are plain');
      },
    ]),
  ),

  ...Object.fromEntries(
    networks.map(({name, make}) => [
      `compact() of ${name} returns a smaller network with the same outputs`,
      async (own) => {
        const model = own(compiled(make()));
        const {x} = data(own, model);
        await prune(model, 0.5, {pattern: channel()});
        const plain = own(await strip(model));
        const small = own(await compact(model));
        close(await outputsOf(small, x), await outputsOf(model, x), 1e-3);
        ok(parametersOf(small) < parametersOf(plain), 'it has fewer parameters');
      },
    ]),
  ),

  ...Object.fromEntries(
    networks.map(({name, make}) => [
      `sparsify() of ${name} returns a network with the same outputs, and reports how it runs`,
      async (own) => {
        const model = own(compiled(make()));
        const {x} = data(own, model);
        await prune(model, 0.8);
        const fast = own(await sparsify(model));
        close(await outputsOf(fast, x), await outputsOf(model, x), 1e-3);
        const [row] = report(fast).weights;
        const before = report(model).weights.find((weight) => weight.name === row.name);
        ok(
          tf.getBackend() === 'wasm' || row.runs === `dense, as the backend is ${tf.getBackend()}`,
          'it reports',
        );
        equal([row.kept, row.size], [before?.kept, before?.size]);
      },
    ]),
  ),

  'compact() of a residual block has the weights of the CPU': async () => {
    await asOnCpu(async (own) => {
      const plain = own(residual());
      const model = own(await prunable(plain));
      const {x} = data(own, model);
      await prune(model, 0.5, {pattern: channel()});
      const small = own(await compact(model));
      ok(parametersOf(small) < 0.6 * parametersOf(plain), 'four of ten parameters are gone');
      close(await outputsOf(small, x), await outputsOf(model, x), 1e-3);
      return weightsOf(small);
    });
  },

  'compact() returns a network that continues training': needing(networks[1].needs as string, async () => {
    await asOnCpu(async (own) => {
      const model = own(compiled(networks[1].make()));
      const {x, y} = data(own, model);
      await prune(model, 0.5, {pattern: channel()});
      const small = own(await compact(model));
      await small.trainOnBatch(x, y);
      return [await outputsOf(small, x)];
    }, 1e-3);
  }),

  'graph() equals that on the CPU': async (own) => {
    const model = own(await prunable(own(residual())));
    ok(/conv2d/.test(graph(model).toString()), 'it names the layers');
  },

  ...Object.fromEntries(
    architectures.map(([name, make, masked]) => [
      `prunable() adds masks to ${name} and keeps its weights`,
      async (own) => {
        const whole = <Model extends tf.LayersModel>(model: Model) => {
          // Disposing a model does not dispose the models in it.
          own({dispose: () => model.weights.map((weight) => weight.dispose())});
          return model;
        };
        const plain = whole(make());
        const model = whole(await prunable(plain));
        const [given, made] = [await weightsOf(plain), await weightsOf(model)].map((weights) =>
          weights.flat().reduce((sum, value) => sum + value, 0),
        );
        const ones = (await weightsOf(model)).length > (await weightsOf(plain)).length;
        ok(ones && made > given, `there are masks, as of ${masked}`);
        const back = whole(await strip(model));
        equal(await weightsOf(back), await weightsOf(plain));
      },
    ]),
  ),
};
