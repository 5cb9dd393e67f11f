import {asRows} from '../runtime/kernels/layout';
import type {Constant} from '../runtime/machine/Constant';
import {Constants} from '../runtime/machine/Constants';
import type {Memory} from '../runtime/machine/Memory';
import {Program} from '../runtime/machine/Program';
import type {Network} from '../runtime/model/read';
import {Op} from '../runtime/Op';
import type {Step} from './expansion';

/** An input or output of a program for one example. */
export interface Place {
  readonly name: string;
  /** Its shape, without the batch. */
  readonly shape: readonly number[];
  readonly address: number;
}

/** A network as a program for one example. */
export interface Plan {
  readonly constants: readonly Constant[];
  readonly steps: readonly Step[];
  readonly inputs: readonly Place[];
  readonly outputs: readonly Place[];
  /** The first byte above the constants, where the arguments of the steps go. */
  readonly top: number;
  /** The bytes of memory that the steps use. */
  readonly bytes: number;
}

/** Memory for a plan, which nothing runs in. */
class Draft implements Memory {
  // Addresses may not be 0.
  top = 64;
  buffer = new ArrayBuffer(2 ** 16);
  bytes = 0;

  reserve(bytes: number): number {
    const address = this.top;
    this.top = Math.ceil((address + bytes) / 16) * 16;
    this.grow(this.top);
    return address;
  }

  clear(): void {
    this.top = 64;
  }

  grow(bytes: number): void {
    this.bytes = Math.max(this.bytes, bytes);
    if (bytes <= this.buffer.byteLength) return;
    const larger = new ArrayBuffer(Math.max(bytes, 2 * this.buffer.byteLength));
    new Uint8Array(larger).set(new Uint8Array(this.buffer));
    this.buffer = larger;
  }
}

class NotedConstants extends Constants {
  readonly noted: Constant[] = [];

  override note(constant: Constant): void {
    this.noted.push(constant);
  }
}

/** Plans a network for one example. @throws if the shape of an input varies. */
export function planFor(network: Network): Plan {
  const memory = new Draft();
  const constants = new NotedConstants(memory);
  const program = new Program(constants);
  const inputs = network.inputs.map(({name, shape}) => program.value(fixed(name, shape)));
  const outputs = [network.run(program, inputs)].flat().map((value) => asRows(program, value));
  const written = program.finish(memory, inputs, outputs);
  const place = (name: string, shape: readonly number[], {byteOffset}: Float32Array) => ({
    name,
    shape: shape.slice(1),
    address: byteOffset,
  });
  return {
    constants: constants.noted,
    steps: stepsIn(new Uint32Array(memory.buffer, written.start)),
    inputs: inputs.map(({shape}, i) => place(network.inputs[i].name, shape, written.inputs[i])),
    outputs: outputs.map(({shape}, i) => place(network.outputs[i], shape, written.outputs[i])),
    top: memory.top,
    bytes: memory.bytes,
  };
}

function fixed(name: string, shape: readonly (number | null)[]): number[] {
  return shape.map((length, axis) => {
    if (axis === 0) return 1;
    if (length === null) {
      throw new Error(
        `the input "${name}" has the shape [${shape.map((n) => n ?? 'null')}]; give all lengths but the first in the inputShape of the model`,
      );
    }
    return length;
  });
}

/** The ops of a program. */
function stepsIn(words: Uint32Array): Step[] {
  const steps: Step[] = [];
  for (let at = 0; words[at] !== Op.end; at += words[at + 1] / 4) {
    steps.push({kernel: Op[words[at]], words: [...words.subarray(at + 2, at + words[at + 1] / 4)]});
  }
  return steps;
}
