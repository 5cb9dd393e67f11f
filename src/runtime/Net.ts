import {describe} from '../util/describe';
import {fits, type Input, isInput, type Port, shapeOf, valuesOf} from './input';
import {asRows} from './kernels/layout';
import {Constants} from './machine/Constants';
import type {Machine} from './machine/Machine';
import {Program, type Written} from './machine/Program';
import type {Network} from './model/read';

/** One array, or an array for each name. */
export type Named<Item> = Item | Readonly<Record<string, Item>>;

/** A network that `load` made. */
export interface Net {
  /** The inputs, as in tf.LayersModel. */
  readonly inputs: readonly Port[];
  /** The outputs. Their lengths, except for that of the batch, are those of the last prediction. */
  readonly outputs: readonly Port[];
  /**
   * Computes the outputs for a batch of examples. The size of the batch follows from the length of the input. Other sizes than
   * those of the prediction before take some time to plan.
   *
   * @param input The examples one after the other, in the order of tfjs; an object of them by name if there are several inputs;
   *   `{values, shape}` where other lengths vary, too.
   * @param output Arrays for the outputs, which are returned then; new ones by default.
   * @returns the output; an object of them by name if there are several.
   * @throws if the length of an input does not fit.
   */
  predict<Output extends Named<Float32Array> = Float32Array>(input: Named<Input>, output?: Output): Output;
  /** Frees the memory. */
  dispose(): void;
}

/** A program for inputs of some lengths. */
interface Plan extends Written {
  readonly shapes: readonly (readonly number[])[];
  readonly outShapes: readonly (readonly number[])[];
}

/** Runs a network, with a program that is planned again whenever shapes change. */
export class Runner implements Net {
  readonly inputs: readonly Port[];
  readonly #network: Network;
  #machine: Machine | undefined;
  readonly #constants: Constants;
  #plan: Plan | undefined;

  constructor(network: Network, machine: Machine) {
    this.#network = network;
    this.#machine = machine;
    this.#constants = new Constants(machine);
    this.inputs = network.inputs.map(({name, shape}) => ({name, shape: [null, ...shape.slice(1)]}));
    // Layers that are not supported with these shapes are found here.
    const shapes = this.inputs.map(({shape}) => shape.map((length, axis) => (axis === 0 ? 1 : length)));
    if (shapes.every((shape) => shape.every((length) => length !== null)))
      this.#prepare(shapes as number[][]);
  }

  get outputs(): readonly Port[] {
    return this.#network.outputs.map((name, i) => ({
      name,
      shape: [null, ...(this.#plan?.outShapes[i].slice(1) ?? [])],
    }));
  }

  predict<Output extends Named<Float32Array>>(input: Named<Input>, output?: Output): Output {
    const machine = this.#machine;
    if (machine === undefined) throw new Error('predict: the network is disposed; load it again');
    const plan = this.#ready(input);
    for (let i = 0; i < this.inputs.length; i++) plan.inputs[i].set(valuesOf(this.#given(input, i)));
    machine.run(plan.start);
    if (plan.outputs.length === 1) return read(plan.outputs[0], output as Float32Array | undefined) as Output;
    const names = this.#network.outputs;
    const given = output as Record<string, Float32Array> | undefined;
    return Object.fromEntries(names.map((name, i) => [name, read(plan.outputs[i], given?.[name])])) as Output;
  }

  dispose(): void {
    this.#machine = undefined;
    this.#plan = undefined;
  }

  /** The i-th input. */
  #given(input: Named<Input>, i: number): Input {
    if (this.inputs.length === 1 && isInput(input)) return input;
    const given = (input as Record<string, Input>)[this.inputs[i].name];
    if (!isInput(given)) {
      throw new Error(
        `predict: the input "${this.inputs[i].name}" must be a Float32Array, or {values, shape}, got ${describe(given)}`,
      );
    }
    return given;
  }

  #ready(input: Named<Input>): Plan {
    const plan = this.#plan;
    if (plan !== undefined && this.#isFor(plan, input)) return plan;
    const shapes = this.inputs.map((port, i) => shapeOf(this.#given(input, i), port));
    if (shapes.some(([batch]) => batch !== shapes[0][0])) {
      throw new Error(
        `predict: the inputs have different numbers of examples, ${shapes.map(([n]) => n).join(' and ')}`,
      );
    }
    try {
      return this.#prepare(shapes);
    } catch (cause) {
      throw new Error(`predict: ${(cause as Error).message}`, {cause});
    }
  }

  #isFor({inputs, shapes}: Plan, input: Named<Input>): boolean {
    // A loop, as nothing is allocated for each prediction.
    for (let i = 0; i < inputs.length; i++) {
      if (!fits(this.#given(input, i), this.inputs[i], inputs[i].length, shapes[i])) return false;
    }
    return true;
  }

  #prepare(shapes: readonly (readonly number[])[]): Plan {
    // Its program is overwritten.
    this.#plan = undefined;
    this.#constants.begin();
    const program = new Program(this.#constants);
    const inputs = shapes.map((shape) => program.value(shape));
    const outputs = [this.#network.run(program, inputs)].flat().map((value) => asRows(program, value));
    const written = program.finish(this.#machine as Machine, inputs, outputs);
    this.#constants.end();
    this.#plan = {...written, shapes, outShapes: outputs.map(({shape}) => shape)};
    return this.#plan;
  }
}

function read(values: Float32Array, output: Float32Array | undefined): Float32Array {
  if (output === undefined) return values.slice();
  if (output.length !== values.length)
    throw new Error(`predict: the output has ${output.length} elements, not ${values.length}`);
  output.set(values);
  return output;
}
