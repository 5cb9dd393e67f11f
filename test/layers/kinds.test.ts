import * as tf from '@tensorflow/tfjs';
import {channel, prunableWeights, prune, random, report, strip} from 'tfjs-pruning';
import * as masked from 'tfjs-pruning/layers';
import {kinds} from 'tfjs-pruning/layers';
import '../support/cpu';

type Factory = (args: object) => tf.layers.Layer;

interface Row {
  /** The name of the factory in tf.layers. */
  kind: string;
  args: object;
  /** The shape of an example. */
  input: number[];
  /** The error of tfjs for a kind that trains on no backend. */
  untrainable?: string;
  /** By field: the number of units of `channel()`, and of multiplications per element. */
  weights: Record<string, {units: number; uses: number}>;
}

const rows: Row[] = [
  {kind: 'dense', args: {units: 3}, input: [4], weights: {kernel: {units: 3, uses: 1}}},
  {kind: 'dense', args: {units: 3}, input: [5, 4], weights: {kernel: {units: 3, uses: 5}}},
  {
    kind: 'conv1d',
    args: {filters: 3, kernelSize: 2},
    input: [6, 2],
    weights: {kernel: {units: 3, uses: 5}},
  },
  {
    kind: 'conv2d',
    args: {filters: 3, kernelSize: 2, strides: 2},
    input: [6, 6, 2],
    weights: {kernel: {units: 3, uses: 9}},
  },
  {
    kind: 'conv3d',
    args: {filters: 3, kernelSize: 2},
    input: [3, 3, 3, 2],
    weights: {kernel: {units: 3, uses: 8}},
  },
  {
    kind: 'conv2dTranspose',
    args: {filters: 3, kernelSize: 2, strides: 2},
    input: [3, 3, 4],
    weights: {kernel: {units: 3, uses: 9}},
  },
  {
    kind: 'conv3dTranspose',
    args: {filters: 3, kernelSize: 2, strides: 2},
    input: [2, 2, 2, 4],
    untrainable: 'gradient function not found for Conv3DBackpropInputV2',
    weights: {kernel: {units: 3, uses: 8}},
  },
  {
    kind: 'depthwiseConv2d',
    args: {kernelSize: 2, depthMultiplier: 3, depthwiseRegularizer: 'l1l2'},
    input: [4, 4, 2],
    weights: {depthwiseKernel: {units: 6, uses: 9}},
  },
  {
    kind: 'separableConv2d',
    args: {filters: 5, kernelSize: 2, depthMultiplier: 3},
    input: [4, 4, 2],
    weights: {depthwiseKernel: {units: 6, uses: 9}, pointwiseKernel: {units: 5, uses: 9}},
  },
  {
    kind: 'embedding',
    args: {inputDim: 4, outputDim: 3},
    input: [5],
    weights: {embeddings: {units: 3, uses: 0}},
  },
  {
    kind: 'simpleRNN',
    args: {units: 3},
    input: [5, 2],
    weights: {kernel: {units: 3, uses: 5}, recurrentKernel: {units: 3, uses: 5}},
  },
  {
    kind: 'gru',
    args: {units: 3, returnSequences: true},
    input: [5, 2],
    weights: {kernel: {units: 3, uses: 5}, recurrentKernel: {units: 3, uses: 5}},
  },
  {
    kind: 'lstm',
    args: {units: 3},
    input: [5, 2],
    weights: {kernel: {units: 3, uses: 5}, recurrentKernel: {units: 3, uses: 5}},
  },
  {
    kind: 'convLstm2d',
    args: {filters: 3, kernelSize: 2},
    input: [5, 4, 4, 2],
    weights: {kernel: {units: 3, uses: 45}, recurrentKernel: {units: 3, uses: 45}},
  },
];

const plainFactories: Record<string, Factory> = Object(tf.layers);
const prunableFactories: Record<string, Factory> = Object(masked);
const factoryName = (kind: string) => `prunable${kind[0].toUpperCase()}${kind.slice(1)}`;

function modelOf(layer: tf.layers.Layer, input: number[]): tf.LayersModel {
  const x = tf.input({shape: input});
  return tf.model({inputs: x, outputs: layer.apply(x) as tf.SymbolicTensor});
}

/** Two examples; integers below 4 also suit an embedding. */
const examples = (input: number[]) =>
  tf.floor(tf.randomUniform([2, ...input], 0, 4, 'float32', 3)) as tf.Tensor;

function outputOf(model: tf.LayersModel, input: number[]): number[] {
  return tf.tidy(() => [...(model.predict(examples(input)) as tf.Tensor).dataSync()]);
}

/** The gradient of the sum of squared outputs plus the regularization with respect to each prunable weight. */
function gradientsOf(model: tf.LayersModel, input: number[], variables: tf.Variable[]): number[][] {
  return tf.tidy(() => {
    const losses = model.layers.flatMap((layer) => layer.losses);
    const loss = () =>
      losses.reduce(
        (sum, penalty) => tf.add(sum, penalty()),
        tf.sum(tf.square(model.apply(examples(input), {training: true}) as tf.Tensor)),
      ) as tf.Scalar;
    const {grads} = tf.variableGrads(loss, variables);
    return variables.map(({name}) => [...grads[name].dataSync()]);
  });
}

async function reloaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  let saved: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = structuredClone(artifacts);
      return {modelArtifactsInfo: {dateSaved: new Date(0), modelTopologyType: 'JSON'}};
    }),
  );
  return tf.loadLayersModel({load: async () => saved});
}

it('these tests cover every kind of the table', () => {
  const tried = rows.map(({kind, args, input}) => modelOf(plainFactories[kind](args), input).layers[1]);
  const names = new Set(
    tried.map((layer) => ('cell' in layer ? `${layer.getClassName()}Cell` : layer.getClassName())),
  );
  const scored = Object.keys(kinds).filter((name) => Object.keys(kinds[name].weights).length > 0);
  expect([...names].sort()).toEqual(scored.sort());
});

describe.each(rows)('$kind of $input', ({kind, args, input, weights, untrainable}) => {
  const fields = Object.keys(weights);
  const plain = () => modelOf(plainFactories[kind]({...args, name: 'layer'}), input);
  const pruned = async () => {
    const model = await masked.prunable(plain());
    await prune(model, 0.5, {importance: random({seed: 1})});
    return model;
  };

  it('with masks of ones has the same outputs and gradients', async () => {
    const model = plain();
    const copy = await masked.prunable(model);
    expect(prunableWeights(copy).map(({name}) => name)).toEqual(fields.map((field) => `layer/${field}`));
    expect(outputOf(copy, input)).toEqual(outputOf(model, input));
    if (untrainable) {
      return;
    }
    const originals = (layer: tf.layers.Layer) =>
      layer.trainableWeights.slice(0, fields.length).map((weight) => weight.read() as tf.Variable);
    expect(gradientsOf(copy, input, originals(copy.layers[1]))).toEqual(
      gradientsOf(model, input, originals(model.layers[1])),
    );
  });

  it('has a gradient of 0 for masked elements', async () => {
    const model = await pruned();
    const all = prunableWeights(model);
    if (untrainable) {
      expect(() => gradientsOf(model, input, [all[0].value])).toThrow(untrainable);
      return;
    }
    const gradients = gradientsOf(
      model,
      input,
      all.map(({value}) => value),
    );
    all.forEach(({mask}, i) => {
      const bits = [...mask.dataSync()];
      expect(gradients[i].filter((_, at) => bits[at] === 0).every((gradient) => gradient === 0)).toBe(true);
      expect(gradients[i].some((gradient) => gradient !== 0)).toBe(true);
      expect(bits.filter((bit) => bit === 0).length).toBeGreaterThanOrEqual(Math.floor(bits.length / 2));
    });
  });

  it('is saved and loaded with its masks', async () => {
    const model = await pruned();
    const loaded = await reloaded(model);
    expect(outputOf(loaded, input)).toEqual(outputOf(model, input));
    const masksOf = (of: tf.LayersModel) => prunableWeights(of).map(({mask}) => [...mask.dataSync()]);
    expect(masksOf(loaded)).toEqual(masksOf(model));
  });

  it('is stripped to the plain kind with the same outputs', async () => {
    const model = await pruned();
    const stripped = await strip(model);
    expect(stripped.layers[1].getClassName()).toBe(plain().layers[1].getClassName());
    expect(stripped.layers[1].weights).toHaveLength(plain().layers[1].weights.length);
    expect(outputOf(stripped, input)).toEqual(outputOf(model, input));
    const again = await reloaded(stripped);
    expect(outputOf(again, input)).toEqual(outputOf(model, input));
  });

  it('reports its multiplications', async () => {
    const model = await masked.prunable(plain());
    expect(report(model).skipped).toEqual([]);
    expect(report(model).weights.map(({macs, size}) => macs / size)).toEqual(
      Object.values(weights).map(({uses}) => uses),
    );
  });

  it('has one unit of channel() per output', async () => {
    const model = await masked.prunable(plain());
    expect(prunableWeights(model).map((weight) => channel()(weight).units)).toEqual(
      Object.values(weights).map(({units}) => units),
    );
  });

  it('is created by its factory', () => {
    const model = modelOf(prunableFactories[factoryName(kind)]({...args, name: 'layer'}), input);
    expect(prunableWeights(model)).toHaveLength(fields.length);
    expect(model.layers[1].getClassName()).toBe(`Prunable${plain().layers[1].getClassName()}`);
  });

  it('leaks no tensors', async () => {
    const model = plain();
    const before = tf.memory().numTensors;
    const copy = await pruned();
    outputOf(copy, input);
    const stripped = await strip(copy);
    stripped.dispose();
    copy.dispose();
    // The plain model made by `pruned`.
    expect(tf.memory().numTensors - before).toBe(model.weights.length);
  });
});
