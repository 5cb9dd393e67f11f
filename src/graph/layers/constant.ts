import {type serialization, type Tensor, tidy, zeros} from '@tensorflow/tfjs-core';
import {type LayerVariable, layers} from '@tensorflow/tfjs-layers';
import {channelwise} from '../../channels/rules/perChannel';
import {pinned} from '../../channels/rules/rule';
import type {PropagatingKind} from '../../channels/rules/table';
import {CONSTANT} from '../../channels/rules/values';
import {registered} from '../../model/tfjs';
import {type Binary, binary, broadcast, type Dtype} from './elementwise';
import {broadcastTo} from './gradients';
import type {Shape} from './opLayer';
import {configOf} from './rules';

interface ConstantConfig {
  readonly name?: string;
  readonly weights?: Tensor[];
  /** Without the batch dimension. */
  readonly constantShape: number[];
  readonly constantType: Dtype;
}

/** A layer with a constant of the graph: a trainable weight if it is a float. */
abstract class ConstantLayer extends layers.Layer {
  protected readonly constantShape: number[];
  protected readonly constantType: Dtype;
  protected constant?: LayerVariable;

  constructor(config: ConstantConfig) {
    super(config);
    this.constantShape = config.constantShape;
    this.constantType = config.constantType;
  }

  override build(): void {
    const initializer = {apply: (shape: number[]) => zeros(shape, this.constantType)};
    const given = initializer as Parameters<typeof this.addWeight>[3];
    const isTrained = this.constantType === 'float32';
    this.constant = this.addWeight(
      'constant',
      this.constantShape,
      this.constantType,
      given,
      undefined,
      isTrained,
    );
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => this.compute([inputs].flat()[0], (this.constant as LayerVariable).read()));
  }

  protected abstract compute(input: Tensor, constant: Tensor): Tensor;

  override getConfig(): serialization.ConfigDict {
    const {constantShape, constantType} = this;
    return {...super.getConfig(), constantShape, constantType};
  }
}

interface ConstantOpConfig extends ConstantConfig {
  readonly op: Binary;
  /** Whether the constant is the first argument. */
  readonly isFirst: boolean;
}

/** A function of each element and a constant, which is broadcast. */
class ConstantOp extends ConstantLayer {
  static readonly className = 'ConstantOp';
  static readonly configIsComplete = true;
  static readonly kind: PropagatingKind = {
    weights: {},
    perChannel: ['constant'],
    propagation: (context) => {
      const {constantShape} = configOf<ConstantConfig>(context);
      const [{shape}] = context.inputs;
      const last = shape.length - 1;
      if (`${constantShape}` !== `${shape[last]}`) return pinned('its constant is not one per channel');
      const input = context.alignInput(0, last);
      return {
        ...channelwise(input, last, CONSTANT),
        weightAxes: [{owner: context.layer, field: 'constant', axis: 0, ids: input.ids, role: 'perChannel'}],
        config: (count) => ({constant_shape: [count(input.ids)]}),
      };
    },
  };
  readonly #op: Binary;
  readonly #isFirst: boolean;

  constructor(config: ConstantOpConfig) {
    super(config);
    this.#op = config.op;
    this.#isFirst = config.isFirst;
  }

  protected override compute(input: Tensor, constant: Tensor): Tensor {
    return this.#isFirst ? binary[this.#op](constant, input) : binary[this.#op](input, constant);
  }

  override computeOutputShape(input: Shape): Shape {
    return broadcast(input, this.constantShape);
  }

  override getConfig(): serialization.ConfigDict {
    return {...super.getConfig(), op: this.#op, isFirst: this.#isFirst};
  }
}

/** Outputs a constant for each example of its input. */
class ConstantSource extends ConstantLayer {
  static readonly className = 'ConstantSource';
  static readonly configIsComplete = true;

  protected override compute(input: Tensor, constant: Tensor): Tensor {
    return broadcastTo(constant, [input.shape[0], ...constant.shape]);
  }

  override computeOutputShape([batch]: Shape): Shape {
    return [batch, ...this.constantShape];
  }
}

for (const layer of [ConstantOp, ConstantSource]) registered(layer);

export const constantOp = (config: ConstantOpConfig): layers.Layer => new ConstantOp(config);
export const constantSource = (config: ConstantConfig): layers.Layer => new ConstantSource(config);
