// Fixes bugs of tfjs 4.22 that models with masks, or Keras models, would hit.
import {
  MomentumOptimizer,
  ones,
  RMSPropOptimizer,
  SGDOptimizer,
  type Tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import {LayersModel, type LayerVariable} from '@tensorflow/tfjs-layers';
import {assertOneCopy} from '../src/model/assertLayersModel';
import {classMap} from '../src/model/tfjs';
import {mendSaving} from '../src/surgery/mendSaving';
import {describe} from '../src/util/describe';
import {mend} from '../src/util/mend';
import {assertWeights} from './prunableClass';

assertOneCopy('tfjs-pruning');

type Config = Record<string, unknown>;

// Centered RMSProp subtracts epsilon under the root, where it should add it: a gradient of 0, like that of a masked weight,
// becomes NaN.
mend(RMSPropOptimizer.prototype, 'applyGradients', (optimizer, applyGradients, ...args) => {
  const {epsilon, centered} = optimizer;
  optimizer.epsilon = centered ? -(epsilon as number) : epsilon;
  try {
    return applyGradients(...args);
  } finally {
    optimizer.epsilon = epsilon;
  }
});

// Momentum does not dispose the learning rate that it inherits from SGD.
mend(MomentumOptimizer.prototype, 'dispose', (optimizer, dispose) => {
  dispose();
  SGDOptimizer.prototype.dispose.call(optimizer);
});

// A model with several outputs returns the partial sums of its losses before its metrics, but names the total only, so that
// evaluate() and the val_* of fit assign wrong names.
mend(LayersModel.prototype, 'makeTestFunction', (model, makeTestFunction) => {
  makeTestFunction();
  const test = model.testFunction as (data: Tensor[]) => Tensor[];
  const partial = (model.lossFunctions as unknown[]).length - 1;
  model.testFunction = (data: Tensor[]) => tidy(() => test(data).slice(partial));
});

// fit takes callbacks that are all instances or all plain objects, and its error for a mixture does not name the callback.
for (const name of ['fit', 'fitDataset']) {
  mend(LayersModel.prototype, name, async (_, train, ...args) => {
    assertCallbacks(name, args[name === 'fit' ? 2 : 1]);
    return train(...args);
  });
}

// Layers with masks have more weights than their documentation says.
mend<LayersModel>(LayersModel.prototype, 'setWeights', (model, setWeights, weights) => {
  assertWeights(model, weights);
  return setWeights(weights);
});

// The training pass of a batch norm reads gamma and beta even without scale and center; 1 and 0 replace them.
mend(classMap().BatchNormalization[0].prototype, 'call', (layer, call, ...args) => {
  const {shape} = layer.movingMean as LayerVariable;
  const isTraining = (args[1] as {training?: boolean} | undefined)?.training;
  const missing = Object.entries({gamma: ones, beta: zeros}).filter(
    ([field]) => isTraining && layer[field] == null,
  );
  for (const [field, fill] of missing) {
    layer[field] = {read: () => fill(shape as number[])};
  }
  try {
    return call(...args);
  } finally {
    for (const [field] of missing) delete layer[field];
  }
});

// DepthwiseConv2D saves its regularizer as its constraint, which fails to load.
mend(classMap().DepthwiseConv2D[0].prototype, 'getConfig', (layer, getConfig) => {
  const constraint = layer.depthwiseConstraint as {getClassName(): string; getConfig(): object} | null;
  const depthwiseConstraint = constraint && {
    className: constraint.getClassName(),
    config: constraint.getConfig(),
  };
  return {...(getConfig() as object), depthwiseConstraint};
});

// SeparableConv2D does not save its depth multiplier, and loads with another shape.
mend(classMap().SeparableConv2D[0].prototype, 'getConfig', ({depthMultiplier}, getConfig) => ({
  ...(getConfig() as object),
  depthMultiplier,
}));

// Keras 2 writes meaningless fields of Conv2D for it, which tfjs rejects.
const separable = classMap().SeparableConv2D;
mend(separable[0], 'fromConfig', (_, fromConfig, cls, config, ...others) => {
  const {kernelInitializer: _i, kernelRegularizer: _r, kernelConstraint: _c, ...rest} = config as Config;
  return fromConfig(cls, rest, ...others);
});
separable[1] = separable[0].fromConfig;

// Keras has classes for L1 and L2 regularizers, tfjs a single class for both.
const [L1L2] = classMap().L1L2;
for (const name of ['L1', 'L2']) {
  classMap()[name] ??= [L1L2, (cls, config) => L1L2.fromConfig(cls, {l1: 0, l2: 0, ...config})];
}

mendSaving();

/** Throws if plain callbacks follow an instance, with which fit fails without naming the callback. */
function assertCallbacks(who: string, args: unknown): void {
  const all: unknown[] = [Object(args).callbacks ?? []].flat();
  const isInstance = (callback: unknown) => typeof Object(callback).setParams === 'function';
  const plain = all.findIndex((callback) => typeof callback === 'object' && !isInstance(callback));
  if (plain > 0 && isInstance(all[0])) {
    throw new Error(
      `${who}: callbacks must be all instances or all plain objects, got ${describe(all[plain])} after an instance; ` +
        'wrap it: new tf.CustomCallback({…})',
    );
  }
}
