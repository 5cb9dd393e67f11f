import {enableTraining, startWasm} from '../../src/wasm';

describe('enableTraining()', () => {
  it('throws an error that names the missing import if the WASM backend is not imported', () => {
    expect(() => enableTraining()).toThrow(
      "enableTraining: the backend 'wasm' has no kernels; import '@tensorflow/tfjs-backend-wasm' first",
    );
  });
});

describe('startWasm()', () => {
  it('throws an error that names the missing import if the WASM backend is not imported', async () => {
    await expect(startWasm()).rejects.toThrow(
      "startWasm: the backend 'wasm' is not registered; import '@tensorflow/tfjs-backend-wasm' first",
    );
  });
});
