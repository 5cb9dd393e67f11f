import {serialization, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {fusedCrossentropy} from './crossentropy';

type Loss = (target: Tensor, output: Tensor) => Tensor;

/** Fields of models that tfjs-layers does not declare. */
interface Model {
  lossFunctions: Loss[];
  makeTrainFunction(): (data: Tensor[]) => unknown;
}

/** A class of tfjs-layers, which pages that train without it need not load. */
function layersClass(name: string) {
  const {classNameMap} = serialization.SerializationMap.getMap();
  return Object(classNameMap[name]?.[0]);
}

/**
 * Makes models compute their categorical crossentropy in one kernel in training steps on 'wasm', instead of eight.
 *
 * @returns a function that undoes it.
 */
export function fuseLosses(): () => void {
  const prototype: Model | undefined = layersClass('Model').prototype;
  if (prototype === undefined) return () => {};
  const {makeTrainFunction} = prototype;
  let active = true;
  const fused: typeof makeTrainFunction = function (this: Model) {
    const train = makeTrainFunction.call(this);
    return (data) => (active ? withFusedLosses(this, () => train(data)) : train(data));
  };
  prototype.makeTrainFunction = fused;
  return () => {
    // A later wrapper stays in place, and from now on reaches the original.
    active = false;
    if (prototype.makeTrainFunction === fused) prototype.makeTrainFunction = makeTrainFunction;
  };
}

function withFusedLosses<T>(model: Model, train: () => T): T {
  const {lossFunctions} = model;
  const stock = stockCrossentropy();
  model.lossFunctions = lossFunctions.map((loss) =>
    loss === stock ? (target, output) => fusedCrossentropy(target, output) ?? loss(target, output) : loss,
  );
  try {
    return train();
  } finally {
    model.lossFunctions = lossFunctions;
  }
}

let known: Loss | undefined;

/** The loss of this name in tfjs-layers, which exports it only to models that are compiled. */
function stockCrossentropy(): Loss | undefined {
  known ??= tidy(() => {
    const [Sequential, Activation] = ['Sequential', 'Activation'].map(layersClass);
    // With names, as names that are made number those of others.
    const layer = new Activation({name: 'activation', activation: 'linear', inputShape: [1]});
    const model = new Sequential({name: 'model', layers: [layer]});
    model.compile({optimizer: 'sgd', loss: 'categoricalCrossentropy'});
    const [loss] = model.model.lossFunctions;
    model.dispose();
    return loss;
  });
  return known;
}
