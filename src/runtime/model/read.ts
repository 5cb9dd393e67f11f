import {affineOf} from '../layers/norms';
import {type KindOf, kindsFor} from '../layers/table';
import type {Value} from '../machine/Value';
import {Config} from './Config';
import {type FusedCall, fuse} from './fuse';
import {type Graph, graphOf, isModel, type LayerJson, layerIn, nameOf} from './graph';
import type {Layer, Run} from './Layer';
import type {Weights} from './Weights';

/** A network that can be added to programs. */
export interface Network {
  readonly inputs: Graph['inputs'];
  /** The names of the outputs, those of the layers that compute them. */
  readonly outputs: readonly string[];
  readonly run: Run;
}

/** Reads a saved model. @throws for layers that are not supported, by their names. */
export async function readNetwork(json: LayerJson, weights: Weights): Promise<Network> {
  const kindOf = await kindsFor(json);
  const graph = graphOf(json);
  const names = new Map(graph.calls.map(({to, json: layer}) => [to, nameOf(layer)]));
  const nameOfInput = new Map(graph.inputs.map(({key, name}) => [key, name]));
  return {
    inputs: graph.inputs,
    outputs: graph.outputs.map(({key}) => names.get(key) ?? nameOfInput.get(key) ?? key),
    run: readGraph(graph, {weights, kindOf}),
  };
}

/** The readers of layers. */
interface Source {
  readonly weights: Weights;
  readonly kindOf: KindOf;
}

/** Runs the calls of a model one after the other. */
function readGraph(graph: Graph, source: Source): Run {
  const {kindOf} = source;
  const layers = new Map<string, Run>();
  const calls = fuse(graph, kindOf).map((call) => {
    const name = nameOf(call.json);
    const run = layers.get(name) ?? readLayer(call.json, name, source, call);
    layers.set(name, run);
    return {...call, run, keepsMask: kindOf(call.json.class_name)?.keepsMask ?? false};
  });
  return (program, inputs, outerMask) => {
    const values = new Map<string, Value[]>(graph.inputs.map(({key}, i) => [key, [inputs[i]]]));
    const find = ({key, index}: {key: string; index: number}) => {
      const value = values.get(key)?.[index];
      if (value === undefined) throw new Error(`nothing computes "${key}"`);
      return value;
    };
    // As in tfjs, a mask reaches all layers after it, until there is another.
    let mask = outerMask;
    for (const {from, to, run, keepsMask} of calls) {
      program.call();
      const given = from.map(find);
      if (given.some((value) => value.mask !== undefined)) mask = given[0].mask;
      const results = [run(program, given, mask)].flat();
      values.set(to, keepsMask ? results.map((value) => ({mask: given[0].mask, ...value})) : results);
    }
    return graph.outputs.map(find);
  };
}

/** Reads a layer. @param scope The prefix of the names of its weights. */
function readLayer(json: LayerJson, scope: string, source: Source, fused?: FusedCall): Run {
  const {class_name: className, config} = json;
  const about = `the layer "${config.name}" (${className})`;
  const named = <Result>(call: () => Result): Result => {
    try {
      return call();
    } catch (cause) {
      const {message} = cause as Error;
      // A layer inside this one has already been named.
      throw message.startsWith('the layer "') ? cause : new Error(`${about}: ${message}`, {cause});
    }
  };
  const run = named((): Run => {
    if (isModel(className)) return readGraph(graphOf(json), source);
    const kind = source.kindOf(className);
    if (kind === undefined) throw new Error('this class of layers is not supported');
    const norm = fused?.norm && affineOf(layerOf(fused.norm, nameOf(fused.norm), source));
    return kind.read({...layerOf(json, scope, source), after: {norm, activation: fused?.activation}});
  });
  return (program, inputs, mask) => named(() => run(program, inputs, mask));
}

function layerOf({config}: LayerJson, scope: string, source: Source): Layer {
  const part = (own: Config, inside?: string): Layer => {
    const prefix = inside === undefined ? scope : `${scope}/${inside}`;
    return {
      config: own,
      after: {},
      weight: (name, rank) => source.weights.get(`${prefix}/${name}`, rank),
      inner: (json, within) =>
        readLayer(layerIn(json), within === undefined ? prefix : `${prefix}/${within}`, source),
      part,
    };
  };
  return part(new Config(config));
}
