import {dirname, join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as wasm from '@tensorflow/tfjs-backend-wasm';
import {startWasm} from '../../src/wasm';
import type {WasmBackend} from '../../src/wasm/backend';

const paths = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '/');

describe('startWasm()', () => {
  it('throws for paths without the module of the backend', async () => {
    await expect(startWasm({paths})).rejects.toThrow(
      "startWasm: paths require the backend's module; pass both, as {wasm, paths} with " +
        "import * as wasm from '@tensorflow/tfjs-backend-wasm'",
    );
  });

  it('starts the backend with the binaries at paths, and leaks no tensors', async () => {
    expect(await startWasm({wasm, paths})).toBe(false);
    expect(tf.getBackend()).toBe('wasm');
    expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual([0, 0]);
  });

  it('keeps a running backend with its tensors, and sets it again', async () => {
    const x = tf.tensor1d([1, 2]);
    await tf.setBackend('cpu');
    await startWasm({wasm, paths: '/elsewhere/'});
    expect(tf.getBackend()).toBe('wasm');
    expect([...x.dataSync()]).toEqual([1, 2]);
    x.dispose();
  });

  it('throws if the backend computes wrong results, and sets the previous backend again', async () => {
    const config = tf.getKernel('BatchMatMul', 'wasm');
    tf.unregisterKernel('BatchMatMul', 'wasm');
    tf.registerKernel({
      ...config,
      kernelFunc: ({backend}) => {
        const product = (backend as WasmBackend).makeOutput([64, 64], 'float32');
        (backend as WasmBackend).typedArrayFromHeap(product).fill(1);
        return product;
      },
    });
    await tf.setBackend('cpu');
    await expect(startWasm()).rejects.toThrow(
      "startWasm: the backend 'wasm' computes wrong results; tfjs uses cpu again",
    );
    expect(tf.getBackend()).toBe('cpu');
    tf.unregisterKernel('BatchMatMul', 'wasm');
    tf.registerKernel(config);
  });
});
