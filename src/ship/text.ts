import {toBase64} from '../util/bytes';
import type {Assembled} from './assemble';
import type {Plan} from './plan';

/** The largest module that Chromium compiles synchronously on the main thread of a page. */
const SYNCHRONOUS = 2 ** 23;

/** A network as the text of an ES module, which starts asynchronously where it has to. */
export function moduleText({wasm, compressed}: Assembled, {inputs, outputs}: Plan): string {
  const split = wasm.length - compressed;
  // Hexadecimal keeps the bytes of code aligned, so that gzip finds its repetitions; compressed bytes have none.
  const hex = Array.from(wasm.subarray(0, split), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const places = (ports: Plan['inputs']) =>
    JSON.stringify(ports.map(({name, shape, address}) => ({name, shape: [null, ...shape], address})));
  const instance =
    wasm.length > SYNCHRONOUS
      ? '(await WebAssembly.instantiate(bytes)).instance'
      : 'new WebAssembly.Instance(new WebAssembly.Module(bytes))';
  return `/** A neural network that tfjs-pruning shipped: predict() computes its outputs. */
const code = '${hex}';
const weights = '${toBase64(wasm.slice(split))}';

/** The inputs, with their shapes; the first length is that of the batch. */
export const inputs = ${places(inputs)};

/** The outputs. */
export const outputs = ${places(outputs)};

const letters = atob(weights);
const bytes = new Uint8Array(${wasm.length});
for (let i = 0; i < ${split}; i++) bytes[i] = parseInt(code.slice(2 * i, 2 * i + 2), 16);
for (let i = 0; i < letters.length; i++) bytes[${split} + i] = letters.charCodeAt(i);
const {memory, run} = ${instance}.exports;
const floats = ({shape: [, ...shape], address}) =>
  new Float32Array(memory.buffer, address, shape.reduce((product, length) => product * length, 1));
const from = inputs.map(floats);
const to = outputs.map(floats);

const isList = (input) => Array.isArray(input) || ArrayBuffer.isView(input);

function given(input, {name, shape}, i) {
  const values = inputs.length === 1 && isList(input) ? input : Object(input)[name];
  if (!isList(values)) throw new Error(\`predict: the input "\${name}" must be a Float32Array, got \${values}\`);
  const each = from[i].length;
  if (values.length === 0 || values.length % each !== 0) {
    throw new Error(
      \`predict: the input "\${name}" of shape [\${shape.map((n) => n ?? 'any')}] has \${values.length} elements, which is not a multiple of \${each}\`,
    );
  }
  return values;
}

function target(output, {name}, i, batch) {
  const length = batch * to[i].length;
  const values = outputs.length === 1 ? output : Object(output)[name];
  if (values !== undefined && values.length !== length) {
    throw new Error(\`predict: the output has \${values.length} elements, not \${length}\`);
  }
  return values ?? new Float32Array(length);
}

/**
 * Computes the outputs for a batch of examples.
 *
 * @param input The examples one after the other, in the order of TensorFlow.js; an object of them by name if there are several inputs.
 * @param output Arrays for the outputs, which are returned then; new ones by default.
 * @returns the output; an object of them by name if there are several.
 */
export const predict = (input, output) => {
  const x = inputs.map((port, i) => given(input, port, i));
  const batches = x.map(({length}, i) => length / from[i].length);
  const batch = batches[0];
  if (batches.some((other) => other !== batch)) {
    throw new Error(\`predict: the inputs have different numbers of examples, \${batches.join(' and ')}\`);
  }
  const y = outputs.map((port, i) => target(output, port, i, batch));
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < x.length; i++) {
      const {length} = from[i];
      from[i].set(batch === 1 ? x[i] : x[i].slice(n * length, (n + 1) * length));
    }
    run();
    for (let i = 0; i < y.length; i++) y[i].set(to[i], n * to[i].length);
  }
  return y.length === 1 ? y[0] : Object.fromEntries(outputs.map(({name}, i) => [name, y[i]]));
};
`;
}

/** The declarations of that module. */
export function typesText({inputs, outputs}: Plan): string {
  const record = (ports: Plan['inputs'], type: string) =>
    ports.length === 1
      ? type
      : `{${ports.map(({name}) => `readonly ${JSON.stringify(name)}: ${type}`).join('; ')}}`;
  const [x, y] = [record(inputs, 'ArrayLike<number>'), record(outputs, 'Float32Array')];
  return `/** An input or output: its shape, of which the first length is that of the batch, and its address in memory. */
export interface Port {
  readonly name: string;
  readonly shape: readonly (number | null)[];
  readonly address: number;
}
export declare const inputs: readonly Port[];
export declare const outputs: readonly Port[];

/**
 * Computes the outputs for a batch of examples.
 *
 * @param input The examples one after the other, in the order of TensorFlow.js; an object of them by name if there are several inputs.
 * @param output Arrays for the outputs, which are returned then; new ones by default.
 * @returns the output; an object of them by name if there are several.
 */
export declare const predict: (input: ${x}, output?: ${y}) => ${y};
`;
}
