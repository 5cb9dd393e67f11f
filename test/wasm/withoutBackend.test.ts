import {enableTraining} from '../../src/wasm';

describe('enableTraining()', () => {
  it('says what to import where the WASM backend is missing', () => {
    expect(() => enableTraining()).toThrow(
      "enableTraining: the backend 'wasm' has no kernels; import '@tensorflow/tfjs-backend-wasm' first",
    );
  });
});
