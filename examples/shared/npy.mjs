// Writes a float32 tensor as a file of NumPy.
import {writeFileSync} from 'node:fs';

export async function writeNpy(path, tensor) {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tensor.shape.join(', ')},), }`;
  const length = Buffer.from([118, 0]);
  const start = Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    length,
    Buffer.from(`${header.padEnd(117)}\n`),
  ]);
  writeFileSync(path, Buffer.concat([start, Buffer.from((await tensor.data()).buffer)]));
}
