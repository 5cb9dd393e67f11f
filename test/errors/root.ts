import * as tf from '@tensorflow/tfjs';
import * as pruning from 'tfjs-pruning';
import * as matrix from 'tfjs-pruning/matrix';
import * as metrics from 'tfjs-pruning/metrics';
import * as statistics from 'tfjs-pruning/statistics';
import * as storage from 'tfjs-pruning/storage';
import {examples, mlp} from '../support/models';
import {arg, model, needed, none, options, type Spec} from './spec';

const compiled = () => {
  const made = mlp();
  made.compile({optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['mae']});
  return made;
};
const x = () => examples().x;
const y = () => examples().y;
const numbers = ['a number'] as const;
const optional = ['nothing'] as const;
const recipe = {
  importance: optional,
  pattern: optional,
  allocation: optional,
  where: optional,
  statistics: optional,
  data: optional,
  groups: ['nothing', 'true'],
} as const;
const ramp = {from: ['nothing', 'a number'], to: numbers} as const;

const artifacts = async () => {
  let found: tf.io.ModelArtifacts = {};
  await mlp().save(
    tf.io.withSaveHandler(async (given) => {
      found = given;
      return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
    }),
  );
  return found;
};

/** Every function of the root and of the entries of src, by name. */
export const root: Record<string, Spec> = {
  averageWeights: {
    run: pruning.averageWeights,
    args: [
      model(mlp, 'a plain model', 'a model that is not built'),
      arg(() => [mlp()]),
      options(() => ({}), {shares: optional, masks: optional}),
    ],
  },
  softUpdate: {
    run: pruning.softUpdate,
    args: [
      model(mlp, 'a plain model', 'a model that is not built'),
      model(mlp, 'a model that is not built'),
      needed(() => ({tau: 0.5}), {tau: [], masks: optional}),
    ],
  },
  addDistillation: {
    run: pruning.addDistillation,
    args: [
      model(mlp, 'a plain model'),
      needed(() => ({teacher: mlp()}), {
        teacher: [],
        temperature: optional,
        share: optional,
        layers: optional,
        task: optional,
      }),
    ],
  },
  addSparsityLoss: {
    run: pruning.addSparsityLoss,
    args: [
      model(mlp),
      needed(() => ({penalty: pruning.l1(), strength: 1}), {penalty: [], strength: [], where: optional}),
    ],
  },
  snapshot: {run: pruning.snapshot, args: [model(mlp, 'a plain model')]},
  rewind: {
    run: pruning.rewind,
    args: [
      model(mlp),
      arg(() => pruning.snapshot(mlp())),
      options(() => ({optimizer: true}), {optimizer: ['nothing', 'true']}),
    ],
  },
  aroundStep: {
    run: pruning.aroundStep,
    args: [
      model(compiled),
      arg(() => () => {}, 'a factory'),
      options(() => ({stage: 'masks'}), {stage: optional}),
    ],
  },

  statistic: {
    run: statistics.statistic,
    args: [
      needed(() => ({name: 'mean', source: 'inputs', add: () => [], result: () => tf.zeros([1])}), {
        name: ['a string'],
        source: [],
        every: ['nothing'],
        add: ['a factory'],
        result: ['a factory'],
      }),
    ],
  },
  byCost: {
    run: pruning.byCost,
    args: [
      options(() => ({macs: 1}), {macs: optional, bytes: optional, blockOverhead: optional}),
      options(() => ({}), {power: optional, normalize: ['nothing', 'a factory']}),
    ],
  },
  erdosRenyi: {run: pruning.erdosRenyi, args: [options(() => ({}), {kernel: ['nothing', 'true']})]},
  global: {run: pruning.global, args: [options(() => ({}), {normalize: ['nothing', 'a factory']})]},
  perWeight: {run: pruning.perWeight, args: [arg(() => ({a: 0.5}))]},
  within: {
    run: pruning.within,
    args: [arg(pruning.global), needed(() => ({max: 0.9}), {min: optional, max: optional})],
  },
  contribution: {run: pruning.contribution, args: [options(() => ({}), {signed: ['nothing', 'true']})]},
  uniform: {run: pruning.uniform, args: none},
  element: {run: pruning.element, args: none},
  inputChannel: {run: pruning.inputChannel, args: none},
  kernel: {run: pruning.kernel, args: none},
  layer: {run: pruning.layer, args: none},
  l1: {run: pruning.l1, args: none},
  l2: {run: pruning.l2, args: none},
  activationL1Loss: {run: pruning.activationL1Loss, args: none},
  gradient: {run: pruning.gradient, args: none},
  movement: {run: pruning.movement, args: none},
  taylor: {run: pruning.taylor, args: none},
  fisher: {run: pruning.fisher, args: none},
  hessian: {run: pruning.hessian, args: [options(() => ({}), {every: optional})]},
  geometricMedian: {run: pruning.geometricMedian, args: none},
  batchNormScale: {run: pruning.batchNormScale, args: none},
  accuracy: {run: metrics.accuracy, args: none},
  activation: {run: pruning.activation, args: [options(() => ({}), {statistic: optional})]},
  activationEntropy: {
    run: pruning.activationEntropy,
    args: [options(() => ({}), {side: optional, bins: optional})],
  },
  apoz: {run: pruning.apoz, args: none},
  magnitude: {run: pruning.magnitude, args: [options(() => ({}), {p: optional})]},
  norm: {run: pruning.norm, args: [options(() => ({}), {p: optional})]},
  random: {run: pruning.random, args: [options(() => ({}), {seed: ['nothing', 'a number']})]},
  weightEntropy: {run: pruning.weightEntropy, args: [options(() => ({}), {})]},
  weightZeros: {run: pruning.weightZeros, args: none},
  f1: {run: metrics.f1, args: [options(() => ({}), {average: optional})]},
  precision: {run: metrics.precision, args: [options(() => ({}), {average: optional})]},
  recall: {run: metrics.recall, args: [options(() => ({}), {average: optional})]},
  block: {run: pruning.block, args: [arg(() => 4), arg(() => 1), options(() => ({}), {pool: optional})]},
  channel: {run: pruning.channel, args: [options(() => ({}), {roundTo: optional})]},
  nOfM: {run: pruning.nOfM, args: [needed(() => ({n: 2, m: 4}), {n: [], m: [], axis: optional})]},
  patternFor: {run: pruning.patternFor, args: [arg(() => 'wasm')]},
  activationEntropyLoss: {
    run: pruning.activationEntropyLoss,
    args: [options(() => ({}), {direction: optional})],
  },
  activationKlLoss: {run: pruning.activationKlLoss, args: [options(() => ({}), {rho: optional})]},
  elastic: {run: pruning.elastic, args: [options(() => ({}), {ratio: optional})]},
  groupLasso: {run: pruning.groupLasso, args: [arg(pruning.channel)]},
  lp: {run: pruning.lp, args: [options(() => ({}), {p: optional, lambda: optional})]},
  weightEntropyLoss: {run: pruning.weightEntropyLoss, args: [options(() => ({}), {direction: optional})]},
  prune: {run: pruning.prune, args: [model(mlp), arg(() => 0.5), options(() => ({}), recipe)]},
  recalibrate: {
    run: pruning.recalibrate,
    args: [
      model(() =>
        tf.sequential({
          layers: [tf.layers.dense({units: 2, inputShape: [4]}), tf.layers.batchNormalization()],
        }),
      ),
      arg(x, 'a tensor'),
      options(() => ({}), {batches: optional, batchSize: optional}),
    ],
  },
  report: {run: pruning.report, args: [model(mlp, 'a plain model')]},
  constant: {run: pruning.constant, args: [arg(() => 0.5, 'a number')]},
  linear: {run: pruning.linear, args: [needed(() => ({to: 0.9}), ramp)]},
  cosine: {run: pruning.cosine, args: [needed(() => ({to: 0.9}), ramp)]},
  exponential: {run: pruning.exponential, args: [needed(() => ({to: 0.9}), ramp)]},
  polynomial: {
    run: pruning.polynomial,
    args: [needed(() => ({to: 0.9}), {...ramp, power: ['nothing', 'a number']})],
  },
  steps: {run: pruning.steps, args: [arg(() => [0.5])]},
  fromSensitivity: {
    run: pruning.fromSensitivity,
    args: [
      arg(() => ({baseline: 1, sparsities: [0.5], weights: []})),
      options(() => ({}), {maxDrop: optional}),
    ],
  },
  sensitivity: {
    run: pruning.sensitivity,
    args: [
      model(compiled),
      arg(x, 'a tensor'),
      arg(y, 'a tensor'),
      options(() => ({sparsities: [0.5]}), {
        sparsities: optional,
        recipe: optional,
        metric: optional,
        mode: optional,
        onProgress: ['nothing', 'a factory'],
      }),
    ],
  },
  inputHistogram: {run: statistics.inputHistogram, args: [arg(() => 8)]},
  outputHistogram: {run: statistics.outputHistogram, args: [arg(() => 8)]},
  measure: {
    run: pruning.measure,
    args: [
      model(compiled),
      arg(x, 'a tensor'),
      arg(y, 'a tensor', 'nothing'),
      needed(() => ({needs: pruning.taylor().needs}), {
        needs: [],
        batches: optional,
        batchSize: optional,
        decay: optional,
        steps: optional,
      }),
    ],
  },
  decode: {run: pruning.decode, args: [arg(() => pruning.encode(mlp()))]},
  encode: {
    run: pruning.encode,
    args: [
      model(mlp, 'a plain model', 'a graph model'),
      options(() => ({}), {values: ['nothing', 'a factory'], includeOptimizer: ['nothing', 'true']}),
    ],
  },
  decodeArtifacts: {run: storage.decodeArtifacts, args: [arg(() => pruning.encode(mlp()))]},
  encodeArtifacts: {
    run: storage.encodeArtifacts,
    args: [arg(artifacts), options(() => ({}), {values: ['nothing', 'a factory']})],
  },
  pruneArtifacts: {
    run: pruning.pruneArtifacts,
    args: [arg(artifacts), arg(() => 0.5), options(() => ({}), {where: ['nothing', 'a factory']})],
  },
  fromKeras3: {run: storage.fromKeras3, args: [arg(artifacts)]},
  reportArtifacts: {run: storage.reportArtifacts, args: [arg(artifacts)]},
  sparseFile: {
    run: pruning.sparseFile,
    args: [arg(() => 'indexeddb://a', 'a string'), options(() => ({}), {values: ['nothing', 'a factory']})],
  },
  compact: {
    run: pruning.compact,
    args: [model(mlp), options(() => ({}), {roundTo: optional, layers: optional})],
  },
  compactReport: {run: pruning.compactReport, args: [model(() => pruning.compact(mlp()))]},
  graph: {run: pruning.graph, args: [model(mlp, 'a plain model')]},
  sparsify: {
    run: pruning.sparsify,
    args: [model(mlp, 'a plain model'), options(() => ({}), {layers: optional})],
  },
  ship: {
    run: pruning.ship as (...args: never[]) => unknown,
    args: [
      model(mlp, 'a plain model'),
      options(() => ({}), {values: ['nothing', 'a factory'], format: optional}),
    ],
  },
  strip: {run: pruning.strip, args: [model(mlp), options(() => ({}), {layers: optional})]},
  threshold: {run: pruning.threshold, args: [arg(() => 0.1, 'a number', 'an object')]},
  prunableWeights: {run: pruning.prunableWeights, args: [model(mlp)]},
  coo: {run: matrix.coo, args: [arg(() => tf.eye(3), 'a tensor')]},
  csr: {run: matrix.csr, args: [arg(() => tf.eye(3), 'a tensor')]},
  toDense: {run: matrix.toDense, args: [arg(() => matrix.csr(tf.eye(3)))]},
  multiply: {run: matrix.multiply, args: [arg(() => matrix.csr(tf.eye(3))), arg(() => tf.ones([3]))]},
  solve: {
    run: matrix.solve,
    args: [
      arg(() => matrix.csr(tf.eye(3))),
      arg(() => tf.ones([3])),
      options(() => ({}), {tolerance: optional, iterations: optional}),
    ],
  },
  lasso: {
    run: matrix.lasso,
    args: [
      arg(() => tf.ones([4, 2])),
      arg(() => tf.ones([4]), 'a tensor'),
      needed(() => ({lambda: 1}), {lambda: [], tolerance: optional, iterations: optional}),
    ],
  },
};
