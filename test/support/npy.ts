import {readFileSync, writeFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs';

const MAGIC = '\x93NUMPY\x01\x00';

/** Writes a tensor in NumPy's format. */
export function writeNpy(path: string, tensor: tf.Tensor): void {
  const shape = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(', ');
  const isInt = tensor.dtype === 'int32';
  // On the cpu backend, the array of a tensor may have another type than its dtype.
  const data = (isInt ? Int32Array : Float32Array).from(tensor.dataSync());
  const text = `{'descr': '${isInt ? '<i4' : '<f4'}', 'fortran_order': False, 'shape': (${shape}), }`;
  const size = Math.ceil((MAGIC.length + 2 + text.length + 1) / 64) * 64 - MAGIC.length - 2;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(size);
  writeFileSync(
    path,
    Buffer.concat([
      Buffer.from(MAGIC, 'latin1'),
      length,
      Buffer.from(`${text.padEnd(size - 1)}\n`),
      Buffer.from(data.buffer),
    ]),
  );
}

/** Reads a float32 array in NumPy's format. */
export function readNpy(path: string): tf.Tensor {
  const file = readFileSync(path);
  const start = MAGIC.length + 2;
  const end = start + file.readUInt16LE(MAGIC.length);
  const header = file.toString('latin1', start, end);
  if (!header.includes("'<f4'") || header.includes('True'))
    throw new Error(`${path}: not float32 in rows: ${header}`);
  const [, dims] = /'shape': \(([^)]*)\)/.exec(header) as RegExpExecArray;
  const shape = dims.split(',').filter((dim) => dim.trim() !== '');
  return tf.tensor(new Float32Array(Uint8Array.from(file.subarray(end)).buffer), shape.map(Number));
}
