import * as tf from '@tensorflow/tfjs';
import {constant, l1, prune, random} from 'tfjs-pruning';
import * as callbacks from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {f1} from 'tfjs-pruning/metrics';
import {arg, model, needed, options, type Spec} from './spec';

const optional = ['nothing'] as const;

const classifier = () => {
  const made = tf.sequential({
    layers: [
      prunableDense({units: 3, inputShape: [2], name: 'hidden'}),
      prunableDense({units: 1, activation: 'sigmoid', name: 'output'}),
    ],
  });
  made.compile({optimizer: 'sgd', loss: 'binaryCrossentropy', metrics: ['accuracy']});
  return made;
};
const x = () => tf.ones([4, 2]);
const y = () => tf.ones([4, 1]);

/** Makes a callback and fits with it. */
const fitted =
  (make: (...args: never[]) => unknown, sparsity = 0) =>
  async (...args: never[]) => {
    const callback = make(...args) as tf.Callback;
    const made = classifier();
    await prune(made, sparsity);
    await made.fit(x(), y(), {
      epochs: 3,
      verbose: 0,
      validationData: [x(), y()],
      callbacks: [callback],
    });
  };

const recipe = {
  importance: optional,
  pattern: optional,
  allocation: optional,
  where: optional,
  statistics: optional,
  data: optional,
  groups: ['nothing', 'true'],
} as const;
const data = () => ({x: x(), y: y(), validationData: [x(), y()]});

/** Every callback, by name. */
export const callbackSpecs: Record<string, Spec> = {
  autoPrune: {
    run: callbacks.autoPrune,
    args: [
      model(classifier),
      needed(data, {x: ['a tensor'], y: ['a tensor'], validationData: []}),
      options(() => ({fit: {epochs: 1}}), {
        candidates: optional,
        trial: optional,
        maxDrop: optional,
        monitor: optional,
        mode: optional,
        fit: optional,
        until: optional,
        step: optional,
      }),
    ],
  },
  distillation: {
    run: fitted(callbacks.distillation),
    args: [
      needed(() => ({teacher: classifier()}), {
        teacher: [],
        temperature: optional,
        share: optional,
        layers: optional,
        task: optional,
        begin: optional,
      }),
    ],
  },
  evaluation: {
    run: fitted(callbacks.evaluation),
    args: [
      needed(() => ({metrics: [f1()], data: [x(), y()]}), {metrics: optional, data: [], batchSize: optional}),
    ],
  },
  gates: {
    run: fitted(callbacks.gates),
    args: [
      needed(() => ({strength: 1, end: 1}), {
        strength: [],
        rate: optional,
        estimator: optional,
        begin: optional,
        end: optional,
        where: optional,
      }),
    ],
  },
  iterativePruning: {
    run: fitted(callbacks.iterativePruning),
    args: [
      options(() => ({maxDrop: 1}), {
        ...recipe,
        monitor: optional,
        mode: optional,
        baseline: ['nothing', 'a number'],
        begin: optional,
        maxDrop: optional,
        step: optional,
        minStep: optional,
        recover: optional,
        until: optional,
        sample: optional,
        collect: optional,
      }),
    ],
  },
  learningRate: {
    run: fitted(callbacks.learningRate),
    args: [
      needed(() => ({schedule: constant(0.1)}), {
        schedule: [],
        unit: optional,
        begin: optional,
        end: optional,
      }),
    ],
  },
  project: {
    run: fitted(callbacks.project),
    args: [needed(() => ({sparsity: 0.5}), {sparsity: [], ...recipe})],
  },
  pruning: {
    run: fitted(callbacks.pruning),
    args: [
      needed(() => ({schedule: constant(0.5)}), {
        schedule: [],
        unit: optional,
        begin: optional,
        end: optional,
        every: optional,
        collect: optional,
        splice: optional,
        ...recipe,
      }),
    ],
  },
  pruningSummaries: {
    run: fitted(callbacks.pruningSummaries),
    args: [arg(() => ({scalar: () => {}, flush: () => {}}))],
  },
  regrowth: {
    run: fitted(callbacks.regrowth, 0.5),
    args: [
      needed(() => ({by: random(), every: 1, begin: 0}), {
        by: [],
        share: optional,
        every: optional,
        begin: optional,
        end: optional,
        pattern: optional,
        where: optional,
      }),
    ],
  },
  quantization: {
    run: fitted(callbacks.quantization),
    args: [needed(() => ({bits: 4}), {bits: [], granularity: optional, begin: optional, where: optional})],
  },
  sparsityLoss: {
    run: fitted(callbacks.sparsityLoss),
    args: [
      needed(() => ({penalty: l1(), strength: 1}), {
        penalty: [],
        strength: [],
        where: optional,
        proximal: ['nothing', 'true'],
        learningRate: optional,
      }),
    ],
  },
};
