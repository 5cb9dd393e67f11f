import {enableTraining, startWasm} from '../../src/wasm';

describe('enableTraining()', () => {
  it('says what to import where the WASM backend is missing', () => {
    expect(() => enableTraining()).toThrow(
      "enableTraining: the backend 'wasm' has no kernels; import '@tensorflow/tfjs-backend-wasm' first",
    );
  });
});

describe('startWasm()', () => {
  it('says what to import where the WASM backend is missing', async () => {
    await expect(startWasm()).rejects.toThrow(
      "startWasm: the backend 'wasm' is not registered; import '@tensorflow/tfjs-backend-wasm' first",
    );
  });
});
