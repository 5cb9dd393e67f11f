import {add, div, mul, reshape, sqrt, sub, type Tensor, type Variable} from '@tensorflow/tfjs-core';
import type {LayersModel, LayerVariable} from '@tensorflow/tfjs-layers';
import {kinds} from '../kinds';
import type {Layer} from '../tfjs';
import {leaves} from '../tree';
import {copyWeights} from './copyWeights';
import {type LayerJson, type Reference, remake} from './rebuild';

/** What comes after a layer and becomes part of it. */
interface Chain {
  /** The batch norm. */
  readonly norm?: LayerJson;
  /** The layer that applies an activation, and its name. */
  readonly activation?: {readonly layer: LayerJson; readonly name: string};
}

/**
 * A model with the same outputs in which the batch norms and activations that directly follow a dense or convolutional
 * layer, and only it, are part of it, unless they are what the model puts out, by whose names losses go: outputs · γ / √(variance + ε) are those of a kernel that is multiplied by that.
 *
 * @param model A plain model.
 * @see Jacob et al.: Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, 2018,
 *   section 3.2.
 */
export async function fold(who: string, model: LayersModel): Promise<LayersModel> {
  const layers = new Map(leaves(model).map(({layer, path}) => [path, layer]));
  const chains = new Map<string, Chain>();
  const outputs = new Set(model.outputs.map(({sourceLayer}) => sourceLayer.name));
  return remake(
    who,
    model,
    (json) => foldIn(json, '', outputs, layers, chains),
    (made) => {
      for (const {layer: target, path} of leaves(made)) {
        const source = layers.get(path) as Layer;
        const {norm} = chains.get(path) ?? {};
        if (norm === undefined) copyWeights(source, target);
        else scale(source, layers.get(beside(path, nameOf(norm))) as Layer, target);
      }
    },
  );
}

const nameOf = ({config}: LayerJson) => config.name as string;

/** The path of another layer of the same model. */
const beside = (path: string, name: string) => path.slice(0, path.lastIndexOf('/') + 1) + name;

/** @param stay The names of layers that stay. */
function foldIn(
  json: LayerJson,
  prefix: string,
  stay: Set<string>,
  layers: Map<string, Layer>,
  found: Map<string, Chain>,
): LayerJson {
  const all = json.config.layers;
  if (all === undefined) return json;
  const followers = new Map([...followersIn(json)].filter(([, layer]) => !stay.has(nameOf(layer))));
  const gone = new Map<string, string>();
  const folded = all.map((layer) => {
    const chain = chainAfter(layer, prefix, followers, layers);
    for (const part of [chain.norm, chain.activation?.layer]) {
      if (part !== undefined) gone.set(nameOf(part), nameOf(layer));
    }
    found.set(prefix + nameOf(layer), chain);
    const inner = foldIn(layer, `${prefix}${nameOf(layer)}/`, new Set(), layers, found);
    const config = {
      ...inner.config,
      ...(chain.norm && {use_bias: true}),
      ...(chain.activation && {activation: chain.activation.name}),
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

const CALLER: LayerJson = {class_name: '', config: {}};

/** The layer that alone takes in what a layer puts out, where each is called once; by name. */
function followersIn({config, class_name}: LayerJson): Map<string, LayerJson> {
  const layers = config.layers as LayerJson[];
  if (class_name === 'Sequential') {
    return new Map(layers.slice(1).map((layer, i) => [nameOf(layers[i]), layer]));
  }
  const takers = new Map<string, LayerJson[]>();
  const take = (name: string, by: LayerJson[]) => takers.set(name, [...(takers.get(name) ?? []), ...by]);
  for (const layer of layers) {
    for (const [name] of (layer.inbound_nodes ?? []).flat()) take(name, [layer]);
  }
  // An output of the model is taken by the caller too, however often.
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

function chainAfter(
  layer: LayerJson,
  prefix: string,
  followers: Map<string, LayerJson>,
  layers: Map<string, Layer>,
): Chain {
  const {activation} = layer.config as {activation?: string};
  if (kinds[layer.class_name]?.product === undefined || activation !== 'linear') return {};
  const next = followers.get(nameOf(layer));
  const {dataFormat} = layers.get(prefix + nameOf(layer)) as unknown as {dataFormat?: string};
  const isNormed =
    dataFormat !== 'channelsFirst' && next && isLastAxisNorm(next, layers.get(prefix + nameOf(next)));
  const norm = isNormed ? next : undefined;
  const after = norm === undefined ? next : followers.get(nameOf(norm));
  const name = after && activationOf(after);
  return {norm, activation: after && name ? {layer: after, name} : undefined};
}

function isLastAxisNorm({class_name}: LayerJson, layer: Layer | undefined): boolean {
  if (class_name !== 'BatchNormalization' || layer === undefined) return false;
  const {axis} = layer as unknown as {axis: number};
  const [{outputShapes}] = layer.inboundNodes;
  return axis === -1 || axis === (outputShapes as number[][])[0].length - 1;
}

/** The activation that a layer applies and does nothing else, as other layers call it. */
function activationOf({class_name, config}: LayerJson): string | undefined {
  const {activation, max_value: most} = config as {activation?: string; max_value?: number | null};
  if (class_name === 'Activation') return activation;
  if (class_name !== 'ReLU') return undefined;
  return most == null ? 'relu' : most === 6 ? 'relu6' : undefined;
}

/** Gives a layer the weights of another and of the batch norm after it. Runs inside a tf.tidy. */
function scale(source: Layer, norm: Layer, target: Layer): void {
  const read = (layer: Layer, field: string) =>
    (layer as unknown as Record<string, LayerVariable | null | undefined>)[field]?.read();
  const write = (field: string, value: Tensor) => (read(target, field) as Variable).assign(value);
  const [mean, variance] = [read(norm, 'movingMean'), read(norm, 'movingVariance')] as Tensor[];
  const {epsilon} = norm as unknown as {epsilon: number};
  const factor = div(read(norm, 'gamma') ?? 1, sqrt(add(variance, epsilon)));
  for (const [field, {axes}] of Object.entries(kinds[source.getClassName()].weights)) {
    const kernel = read(source, field) as Tensor;
    // The axes of the outputs are the last ones.
    const outputs = [axes.output].flat().map((axis) => kernel.shape[axis]);
    write(field, mul(kernel, reshape(factor, outputs)));
  }
  write('bias', add(mul(sub(read(source, 'bias') ?? 0, mean), factor), read(norm, 'beta') ?? 0));
}
