import type {io} from '@tensorflow/tfjs-core';
import type {Json} from './keras2';

/** All layers without inner layers. */
function leavesIn(layer: Json): Json[] {
  const {layers} = layer.config as Json;
  return Array.isArray(layers) ? layers.flatMap(leavesIn) : [layer];
}

/** Keras 3 prefixes weight names with all enclosing models, tfjs with the layer only; the depthwise kernel is also renamed. */
export function renamed(specs: readonly io.WeightsManifestEntry[], model: Json): io.WeightsManifestEntry[] {
  const kinds = new Map(
    leavesIn(model).map((layer) => [String((layer.config as Json).name), layer.class_name]),
  );
  return specs.map((spec) => {
    const parts = spec.name.split('/');
    const name = parts.slice(
      Math.max(
        0,
        parts.findIndex((part) => kinds.has(part)),
      ),
    );
    const isDepthwise = kinds.get(name[0]) === 'DepthwiseConv2D';
    return {
      ...spec,
      name: name.map((part) => (isDepthwise && part === 'kernel' ? 'depthwise_kernel' : part)).join('/'),
    };
  });
}

export function assertDistinct(specs: readonly io.WeightsManifestEntry[]): void {
  const seen = new Set<string>();
  for (const {name} of specs) {
    if (seen.has(name)) {
      throw new Error(`two weights are called ${name}; give each layer a name of its own and save again`);
    }
    seen.add(name);
  }
}
