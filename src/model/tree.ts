import {LayersModel, type SymbolicTensor} from '@tensorflow/tfjs-layers';
import {type Call, declaredKind, type Kind, plainNameOf} from './kind';
import {shadow} from './shadow';
import {innerLayers, type Layer, modelInternals, variablesOf} from './tfjs';

/** A layer that is not a model, and its place in the model. */
export interface Leaf {
  readonly layer: Layer;
  /** The names of the layers from the model down, joined by `/`. */
  readonly path: string;
  /** The layer's calls in one pass through the model: more than one if it is shared. */
  readonly calls: Call[];
  /** The layers with weights inside it, as the one that a wrapper calls at each step. */
  readonly inner: readonly Leaf[];
}

/**
 * A model's leaves in layer order, including those in nested models, each once.
 *
 * @param prefix The start of their paths.
 * @param times How often the model is called.
 */
export function leaves(model: LayersModel, prefix = '', times = 1): Leaf[] {
  const found = new Map<Layer, Omit<Leaf, 'inner'>>();
  const visit = (container: LayersModel, prefix: string, times: number) => {
    for (const layer of container.layers) {
      const path = prefix + layer.name;
      const calls = callsWithin(container, layer).map((call) => ({...call, times}));
      const seen = found.get(layer);
      if (isContainer(layer)) {
        visit(layer, `${path}/`, times * Math.max(1, calls.length));
      } else if (seen !== undefined) {
        seen.calls.push(...calls);
      } else {
        found.set(layer, {layer, path, calls});
      }
    }
  };
  visit(model, prefix, times);
  return [...found.values()].map(withInner);
}

/** How the inner layers of wrappers of tfjs are called when these are, by class name; of others in the same way. */
const innerCalls: Readonly<Record<string, Kind['calls']>> = {
  TimeDistributed: ({input: [steps, ...input], output: [, ...output], times = 1}) => ({
    ...{input, output},
    times: times * steps,
  }),
};

function innerCallsOf(layer: Layer): NonNullable<Kind['calls']> {
  return innerCalls[plainNameOf(layer) ?? ''] ?? declaredKind(layer)?.calls ?? ((call) => call);
}

function withInner(leaf: Omit<Leaf, 'inner'>): Leaf {
  const {layer, path} = leaf;
  const calls = leaf.calls.map(innerCallsOf(layer));
  // A Bidirectional also holds the layer that it was made of, which is never built.
  const held = innerLayers(layer).filter((one) => variablesOf(one).length > 0);
  const inner = held.flatMap((one) => {
    const here = held.length === 1 ? path : `${path}/${one.name}`;
    const times = calls.reduce((sum, call) => sum + (call.times ?? 1), 0);
    return isContainer(one) ? leaves(one, `${here}/`, times) : [withInner({layer: one, path: here, calls})];
  });
  return {...leaf, inner};
}

/** The shapes of each layer call in its models. */
export function callsOf(layer: Layer): Call[] {
  return layer.inboundNodes.map(toCall);
}

function toCall({inputTensors: [input], outputTensors: [output]}: Layer['inboundNodes'][number]): Call {
  const shapeOf = ({shape}: SymbolicTensor) => shape.slice(1).map((dim) => dim ?? 1);
  return {input: shapeOf(input), output: shapeOf(output)};
}

/** A layer that one pass through the model calls once, and whose losses therefore count once. */
export function carrierOf(model: LayersModel): Layer {
  const isCalledOnce = (layer: Layer) => !isContainer(layer) && callsWithin(model, layer).length <= 1;
  // The losses of a Sequential leave out its input layer, which others list first.
  return model.layers.find(isCalledOnce) ?? modelInternals(model).inputLayers[0];
}

export function isContainer(layer: Layer): layer is LayersModel {
  return layer instanceof LayersModel;
}

/**
 * Lets `dispose` free all layers of a model that holds them alone. tfjs counts a reference per layer call, and releases one,
 * so that shared layers keep their weights.
 */
export function disposeFully(model: LayersModel): void {
  shadow(model, 'dispose', (dispose) => () => {
    const result = dispose();
    if (result.refCountAfterDispose === 0) {
      for (const layer of new Set(model.layers)) {
        // A Sequential lists a layer once for each call.
        const given = model.layers.filter((other) => other === layer).length;
        for (let call = given; call < callsWithin(model, layer).length; call++) {
          result.numDisposedVariables += layer.dispose().numDisposedVariables;
        }
      }
    }
    return result;
  });
  model.layers.filter(isContainer).forEach(disposeFully);
}

function callsWithin(container: LayersModel, layer: Layer): Call[] {
  const {containerNodes} = modelInternals(container);
  const own = layer.inboundNodes.filter((_, i) => containerNodes.has(`${layer.name}_ib-${i}`));
  // A Sequential knows its nodes once it is built; before that each of its layers is called once.
  return (own.length > 0 ? own : layer.inboundNodes.slice(0, 1)).map(toCall);
}
