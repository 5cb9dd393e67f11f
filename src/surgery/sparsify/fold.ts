import {add, div, mul, reshape, sqrt, sub, type Tensor, type Variable, where} from '@tensorflow/tfjs-core';
import type {LayersModel, LayerVariable} from '@tensorflow/tfjs-layers';
import {fieldsOf} from '../../channels/rules/fields';
import {builtInName} from '../../model/builtIn';
import {kindOf} from '../../model/kinds';
import type {Network} from '../../model/network';
import {shadow} from '../../model/shadow';
import {type Layer, variableIn} from '../../model/tfjs';
import {maskedOf} from '../../model/weight';
import {renameLayers} from '../configuration';
import type {LayerCopiers} from '../copies';
import {copyWeights} from '../copyWeights';
import type {LayerJson, Reference} from '../layerJson';
import {type CopyOf, remake} from '../rebuild';
import type {Sources} from '../slots';
import {plainName} from '../strip';
import {productsOf} from './product';

/** The layers that follow a layer and are folded into it. */
interface Chain {
  /** The batch norm. */
  readonly norm?: LayerJson;
  /** A layer that applies an activation, and the name of that. */
  readonly activation?: {readonly layer: LayerJson; readonly name: string};
}

/**
 * Makes a plain model with the same outputs, in which batch norms and activations are folded into the dense or
 * convolutional layer that they directly follow: kernel · γ / √(variance + ε). Output layers are kept, because losses
 * refer to them by name. In training a batch norm uses the statistics of the batch, so that a layer with a folded one
 * throws when called with `training`.
 *
 * @param foldNorms Whether to fold batch norms.
 * @see Jacob et al.: Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, 2018,
 *   section 3.2.
 */
export async function fold(
  network: Network,
  {foldNorms, copiers}: {foldNorms: boolean; copiers?: LayerCopiers},
): Promise<LayersModel> {
  const norms = new Map<Layer, Layer>();
  const outputs = new Set<Layer | undefined>(network.model.outputs.map(({sourceLayer}) => sourceLayer));
  const fill = (copyOf: CopyOf, sources: Sources) => {
    for (const {layer} of network.leaves) {
      const target = copyOf(layer);
      const norm = norms.get(layer);
      if (target === undefined) continue;
      if (norm === undefined) {
        copyWeights(layer, target, sources);
      } else {
        scale(layer, norm, target);
        refuseTraining(network.who, target, norm);
      }
    }
  };
  const edit = (json: LayerJson) =>
    foldIn(renameLayers(json, plainName), outputs, foldNorms ? norms : undefined);
  const {made} = await remake(network, edit, fill, copiers);
  return made;
}

/**
 * @param stay Layers that are not folded.
 * @param norms Gets the folded batch norms, by the layer that they are folded into; without it none is folded.
 */
function foldIn(json: LayerJson, stay: Set<Layer | undefined>, norms?: Map<Layer, Layer>): LayerJson {
  const all = json.config.layers;
  if (all === undefined) return json;
  const followers = new Map([...onlyConsumersIn(json)].filter(([, {origin}]) => !stay.has(origin)));
  const gone = new Map<string, string>();
  const folded = all.map((layer) => {
    const {norm, activation} = chainAfter(layer, followers, norms !== undefined);
    for (const part of [norm, activation?.layer]) {
      if (part !== undefined) gone.set(nameOf(part), nameOf(layer));
    }
    if (norm !== undefined) norms?.set(layer.origin as Layer, norm.origin as Layer);
    const inner = foldIn(layer, new Set(), norms);
    const config = {
      ...inner.config,
      ...(norm && {use_bias: true}),
      ...(activation && {activation: activation.name}),
    };
    return {...inner, config};
  });
  const resolve = ([name, ...rest]: Reference) => [gone.get(name) ?? name, ...rest] as Reference;
  const left = folded
    .filter((layer) => !gone.has(nameOf(layer)))
    .map((layer) => ({
      ...layer,
      ...(layer.inbound_nodes && {inbound_nodes: layer.inbound_nodes.map((call) => call.map(resolve))}),
    }));
  const {output_layers: outputs} = json.config;
  return {
    ...json,
    config: {...json.config, layers: left, ...(outputs && {output_layers: outputs.map(resolve)})},
  };
}

const nameOf = ({name}: LayerJson) => name as string;

const CALLER: LayerJson = {class_name: '', config: {}};

/** The only consumer of each layer's output, by the name of the layer; only where both are called once. */
function onlyConsumersIn({config, class_name}: LayerJson): Map<string, LayerJson> {
  const layers = config.layers as LayerJson[];
  if (class_name === 'Sequential') {
    const isAlone = (layer: LayerJson) =>
      layers.filter((other) => nameOf(other) === nameOf(layer)).length === 1;
    const pairs = layers.slice(1).map((layer, i) => [layers[i], layer] as const);
    return new Map(pairs.filter((pair) => pair.every(isAlone)).map(([layer, next]) => [nameOf(layer), next]));
  }
  const takers = new Map<string, LayerJson[]>();
  const take = (name: string, by: LayerJson[]) => takers.set(name, [...(takers.get(name) ?? []), ...by]);
  for (const layer of layers) {
    for (const [name] of (layer.inbound_nodes ?? []).flat()) take(name, [layer]);
  }
  // The caller consumes the outputs of the model, any number of times.
  for (const [name] of config.output_layers ?? []) take(name, [CALLER, CALLER]);
  const isOnce = (layer: LayerJson) => layer.inbound_nodes?.length === 1;
  return new Map(
    layers.flatMap((layer) => {
      const [one, ...more] = takers.get(nameOf(layer)) ?? [];
      return one !== undefined && more.length === 0 && isOnce(layer) && isOnce(one)
        ? [[nameOf(layer), one] as const]
        : [];
    }),
  );
}

function chainAfter(layer: LayerJson, followers: Map<string, LayerJson>, foldNorms: boolean): Chain {
  const {activation} = layer.config as {activation?: string};
  const {origin} = layer;
  if (origin === undefined || productsOf(origin) === undefined || activation !== 'linear') return {};
  const next = followers.get(nameOf(layer));
  const {dataFormat} = fieldsOf(origin);
  const isFolded = foldNorms && dataFormat !== 'channelsFirst' && isLastAxisNorm(next?.origin);
  const norm = isFolded ? next : undefined;
  const after = norm === undefined ? next : followers.get(nameOf(norm));
  const name = after && activationOf(after);
  return {norm, activation: after && name ? {layer: after, name} : undefined};
}

function isLastAxisNorm(layer: Layer | undefined): boolean {
  if (layer === undefined || builtInName(layer) !== 'BatchNormalization') return false;
  const {axis} = fieldsOf(layer);
  const [{outputShapes}] = layer.inboundNodes;
  return axis === -1 || axis === (outputShapes as number[][])[0].length - 1;
}

/** The name of the activation of a layer that only applies one. */
function activationOf({origin, config}: LayerJson): string | undefined {
  const {activation, max_value: most} = config as {activation?: string; max_value?: number | null};
  const name = origin && builtInName(origin);
  if (name === 'Activation') return activation;
  if (name !== 'ReLU') return undefined;
  return most == null ? 'relu' : most === 6 ? 'relu6' : undefined;
}

/** Makes a layer with a folded batch norm throw in training, before anything changes. */
function refuseTraining(who: string, layer: Layer, norm: Layer): void {
  shadow(layer, 'apply', (original) => (inputs, kwargs) => {
    if (kwargs?.training) {
      throw new Error(
        `${who}: the batch norm ${norm.name} is part of ${layer.name}, which cannot compute as in training; train the model ` +
          `that you gave to ${who}, or give {foldNorms: false}`,
      );
    }
    return original(inputs, kwargs);
  });
}

/** Writes the weights of a layer and of the batch norm after it into a layer. Runs inside a tf.tidy. */
function scale(source: Layer, norm: Layer, target: Layer): void {
  const write = (field: string, value: Tensor) =>
    ((variableIn(target, field) as LayerVariable).read() as Variable).assign(value);
  const [mean, variance] = [maskedValue(norm, 'movingMean'), maskedValue(norm, 'movingVariance')] as Tensor[];
  const {epsilon} = norm as Layer & {epsilon: number};
  const factor = div(maskedValue(norm, 'gamma') ?? 1, sqrt(add(variance, epsilon)));
  const last = productsOf(source)?.at(-1)?.kernel;
  for (const [field, {axes}] of Object.entries(kindOf(source)?.weights ?? {})) {
    const kernel = maskedValue(source, field) as Tensor;
    // Of several products one after the other, the last has the outputs of the layer.
    if (last !== undefined && variableIn(source, field) !== last) {
      write(field, kernel);
      continue;
    }
    // The axes of the outputs are the last ones.
    const outputs = [axes.output].flat().map((axis) => kernel.shape[axis]);
    write(field, mul(kernel, reshape(factor, outputs)));
  }
  write(
    'bias',
    add(mul(sub(maskedValue(source, 'bias') ?? 0, mean), factor), maskedValue(norm, 'beta') ?? 0),
  );
}

/** A weight of a layer, 0 where masked. */
function maskedValue(layer: Layer, field: string): Tensor | undefined {
  const value = variableIn(layer, field)?.read();
  const mask = value && maskedOf(layer).find((masked) => masked.value === value)?.mask;
  return mask === undefined ? value : where(mask, value as Tensor, 0);
}
