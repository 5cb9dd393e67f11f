import {readNpy} from './npy';
import {UsageError} from './options';

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly [name: string]: unknown;
  run(): void;
}

interface Place {
  readonly name: string;
  readonly shape: readonly number[];
  readonly address: number;
}

const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/**
 * Runs a shipped module on the examples of one file and compares its outputs with those of another.
 *
 * @returns the largest difference, as a share of the largest output.
 * @throws if it exceeds the tolerance.
 */
export function check(
  wasm: Uint8Array<ArrayBuffer>,
  {x, y, tolerance}: {x: string; y: string; tolerance: number},
): number {
  const module = new WebAssembly.Module(wasm);
  const [section] = WebAssembly.Module.customSections(module, 'tfjs-pruning');
  const {inputs, outputs}: {inputs: Place[]; outputs: Place[]} = JSON.parse(
    new TextDecoder().decode(section),
  );
  if (inputs.length > 1 || outputs.length > 1) {
    throw new UsageError('--check takes models with one input and one output');
  }
  const {memory, run} = new WebAssembly.Instance(module).exports as unknown as Kernel;
  const [from, to] = [inputs[0], outputs[0]].map(
    ({shape, address}) => new Float32Array(memory.buffer, address, size(shape)),
  );
  const given = examplesIn(x, inputs[0]);
  const expected = examplesIn(y, outputs[0]);
  if (given.count !== expected.count) {
    throw new Error(`${x} has ${given.count} examples, ${y} has ${expected.count}; give as many of both`);
  }
  let [most, largest] = [0, 0];
  for (let i = 0; i < given.count; i++) {
    from.set(given.values.subarray(i * from.length, (i + 1) * from.length));
    run();
    for (let j = 0; j < to.length; j++) {
      const right = expected.values[i * to.length + j];
      const distance = Math.abs(to[j] - right);
      // NaN is a difference, too.
      if (!(distance <= most)) most = distance;
      largest = Math.max(largest, Math.abs(right));
    }
  }
  const difference = most === 0 ? 0 : most / largest;
  if (!(difference <= tolerance)) {
    throw new Error(
      `the outputs differ from ${y} by up to ${difference.toPrecision(3)} of the largest, more than ${tolerance}; ` +
        'nothing was written. Compare with outputs of the same model, or set --tolerance',
    );
  }
  return difference;
}

/** The examples of a file, one after the other. */
function examplesIn(path: string, {name, shape}: Place): {count: number; values: Float32Array} {
  const array = readNpy(path);
  const each = size(shape);
  if (array.values.length === 0 || array.values.length % each !== 0) {
    throw new Error(
      `${path} has the shape [${array.shape}], which does not fit "${name}" of shape [any,${shape}]`,
    );
  }
  return {count: array.values.length / each, values: array.values};
}
