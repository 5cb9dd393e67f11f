import type {io} from '@tensorflow/tfjs-core';
import type {StoredTensor} from '../write/tensors';
import {Writer} from '../write/Writer';

// A .keras file numbers each layer's variables, and names layers by their class: layers/dense_1/vars/0. It also holds
// optimizer slots and training metrics, which are not weights in tfjs.

interface Layer {
  readonly class_name: string;
  readonly config: Config;
}

interface Config {
  readonly name?: string;
  readonly layers?: Layer[];
  readonly layer?: Layer;
  readonly use_bias?: boolean;
  readonly scale?: boolean;
  readonly center?: boolean;
}

/** Owners of variables that are not weights, also inside a compiled model that became a layer. */
const OTHERS = ['optimizer', 'metrics', 'loss_tracker', 'compile_metrics', 'seed_generator'];

/** Whether weights are named as in a .keras file. */
export const areNumbered = (specs: readonly io.WeightsManifestEntry[]) =>
  specs.some((spec) => /^layers\/.*\/vars\/\d+$/.test(Object(spec).name));

/**
 * Returns the weights of a model under their tfjs names, without other variables.
 *
 * @param model In the format of Keras 2.
 * @throws if a weight belongs to a layer that tfjs lacks.
 */
export function named(
  model: object,
  tensors: readonly StoredTensor[],
): Required<Pick<io.ModelArtifacts, 'weightSpecs' | 'weightData'>> {
  const weightData = new Writer();
  const weightSpecs = tensors
    .filter(({spec: {name}}) => !name.split('/').some((part) => OTHERS.includes(part)))
    .map(({spec, bytes}) => {
      weightData.add(bytes);
      return {...spec, name: nameOf(model as Layer, spec.name)};
    });
  return {weightSpecs, weightData: weightData.join().buffer};
}

function nameOf(model: Layer, path: string): string {
  const name = nameIn(model, path.split('/'));
  if (name === undefined) {
    throw new Error(
      `the weight ${path} belongs to no layer that tfjs has; save the model as .h5, and convert that by ` +
        'tensorflowjs_converter --input_format=keras',
    );
  }
  return name;
}

function nameIn(layer: Layer, [field, ...rest]: string[]): string | undefined {
  const {config} = layer;
  switch (field) {
    case 'layers': {
      const inner = byStoredName(config.layers ?? []).get(rest[0]);
      return inner && nameIn(inner, rest.slice(1));
    }
    case 'vars': {
      const variable = variablesOf(layer)[Number(rest[0])];
      return variable && `${config.name}/${variable}`;
    }
    case 'cell':
      return nameIn(layer, rest);
    case 'layer': {
      const name = config.layer && nameIn(config.layer, rest);
      // tfjs prefixes the weights of a layer with the wrapper that builds it; a model is already built.
      return config.layer?.config.layers ? name : name?.replace(/^.*(?=\/)/, `${config.name}`);
    }
    case 'forward_layer':
    case 'backward_layer': {
      const name = config.layer && nameIn(config.layer, rest);
      return name && `${config.name}/${field.replace('layer', '')}${name}`;
    }
    default:
      return undefined;
  }
}

/** Layers by their class in snake case, numbered from the second on. */
function byStoredName(layers: readonly Layer[]): Map<string, Layer> {
  const counts = new Map<string, number>();
  return new Map(
    layers.map((layer) => {
      const name = layer.class_name
        .replace(/\W+/g, '')
        .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
        .replace(/([a-z])([A-Z])/g, '$1_$2')
        .toLowerCase();
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      return [count === 0 ? name : `${name}_${count}`, layer];
    }),
  );
}

/** The variables of layers that tfjs also has, in Keras order. */
const variables: Record<string, readonly string[]> = {
  BatchNormalization: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  LayerNormalization: ['gamma', 'beta'],
  DepthwiseConv2D: ['depthwise_kernel', 'bias'],
  SeparableConv2D: ['depthwise_kernel', 'pointwise_kernel', 'bias'],
  Embedding: ['embeddings'],
  PReLU: ['alpha'],
  ...Object.fromEntries(
    ['SimpleRNN', 'LSTM', 'GRU', 'ConvLSTM2D'].map((name) => [name, ['kernel', 'recurrent_kernel', 'bias']]),
  ),
  ...Object.fromEntries(
    ['Dense', 'Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose', 'Conv3DTranspose'].map((name) => [
      name,
      ['kernel', 'bias'],
    ]),
  ),
};

function variablesOf({class_name, config: {use_bias, scale, center}}: Layer): string[] {
  const has: Record<string, boolean | undefined> = {bias: use_bias, gamma: scale, beta: center};
  return (variables[class_name] ?? []).filter((name) => has[name] !== false);
}
