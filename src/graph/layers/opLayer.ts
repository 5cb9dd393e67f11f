import {serialization, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import type {PropagatingKind} from '../../channels/rules/table';

/** A shape with the batch dimension; null where the size varies. */
export type Shape = (number | null)[];

/** How a class of layers without weights computes one op. */
interface Op<Config> {
  readonly compute: (inputs: Tensor[], config: Config) => Tensor;
  /** The shape of the output for those of the inputs. */
  readonly shape: (inputs: readonly Shape[], config: Config) => Shape;
  readonly propagation?: PropagatingKind['propagation'];
}

/** Makes a layer from the configuration of its op. */
export type MakeLayer<Config> = (config: Config & {name?: string}) => layers.Layer;

/**
 * Defines a class of layers without weights for an op, registered for loading, and returns the function that makes its layers.
 * The configuration is stored with that of every layer. Its values must be JSON, or numbers for which JSON has null, which are stored
 * as text: infinite ones and NaN.
 */
export function opLayer<Config extends object>(className: string, op: Op<Config>): MakeLayer<Config> {
  class OpLayer extends layers.Layer {
    static readonly className = className;
    static readonly configIsComplete = true;
    static readonly kind: PropagatingKind = {weights: {}, propagation: op.propagation};
    readonly #config: Config;

    constructor(config: Config) {
      super(config);
      this.#config = mapped(config, read);
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tidy(() => op.compute([inputs].flat(), this.#config));
    }

    override computeOutputShape(inputs: Shape | Shape[]): Shape {
      return op.shape(Array.isArray(inputs[0]) ? (inputs as Shape[]) : [inputs as Shape], this.#config);
    }

    override getConfig(): serialization.ConfigDict {
      return {...(mapped(this.#config, written) as serialization.ConfigDict), ...super.getConfig()};
    }
  }
  serialization.registerClass(OpLayer);
  return (config) => new OpLayer(config);
}

/** Writes numbers that JSON has null for as text, in small letters, as tfjs changes the case of others. */
const written = (value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? `${value}`.toLowerCase() : value;

const read = (value: unknown): unknown =>
  typeof value === 'string' && /^(-?infinity|nan)$/.test(value) ? Number(value.replace('i', 'I')) : value;

const mapped = <Config extends object>(config: Config, by: (value: unknown) => unknown): Config =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [key, by(value)])) as Config;
