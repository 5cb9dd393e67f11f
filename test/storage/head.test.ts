import {inflateRawSync} from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {encode} from 'tfjs-pruning';
import {decodeArtifacts, encodeArtifacts} from 'tfjs-pruning/storage';
import {networks} from '../../demo/networks';
import {DICTIONARY} from '../../src/storage/dictionary';
import {deflateWith} from '../../src/storage/write/deflateWith';

const dictionary = Buffer.from(DICTIONARY);

/** The form and the deflated length of a file's head. */
const headOf = (file: Uint8Array) => {
  const view = new DataView(file.buffer, file.byteOffset);
  return {form: view.getUint8(16), bytes: view.getUint32(21, true)};
};

it.each(['mlp', 'lenet5'] as const)('the head of %s takes at most 200 bytes', async (name) => {
  const {form, bytes} = headOf(await encode(networks[name]([28, 28, 1], 10, 1)));
  expect(form).toBe(1);
  expect(bytes).toBeLessThan(200);
});

it('a topology without any layer of the dictionary takes no more than without it', async () => {
  const modelTopology = {text: Array.from({length: 300}, (_, i) => (i * 7919) % 1000).join(' ')};
  const file = await encodeArtifacts({modelTopology, weightSpecs: [], weightData: new ArrayBuffer(0)});
  expect(headOf(file).form).toBe(0);
  expect((await decodeArtifacts(file)).modelTopology).toEqual(modelTopology);
});

const kernel = {kernelSize: 2, filters: 3};
/** What the constructors of layers need. */
const needed: Record<string, object> = {
  dense: {units: 3},
  conv1d: kernel,
  conv2d: kernel,
  conv3d: kernel,
  conv2dTranspose: kernel,
  conv3dTranspose: kernel,
  separableConv2d: kernel,
  depthwiseConv2d: kernel,
  cropping2D: {
    cropping: [
      [1, 1],
      [0, 2],
    ],
  },
  upSampling2d: {},
  activation: {activation: 'elu'},
  dropout: {rate: 0.2},
  spatialDropout1d: {rate: 0.3},
  gaussianNoise: {stddev: 1},
  gaussianDropout: {rate: 0.4},
  alphaDropout: {rate: 0.5},
  reshape: {targetShape: [4, 1]},
  permute: {dims: [2, 1]},
  repeatVector: {n: 4},
  embedding: {inputDim: 7, outputDim: 2},
  dot: {axes: 1},
  simpleRNN: {units: 2},
  simpleRNNCell: {units: 2},
  gru: {units: 2},
  gruCell: {units: 2},
  lstm: {units: 2},
  lstmCell: {units: 2},
  convLstm2d: kernel,
  convLstm2dCell: kernel,
  inputLayer: {inputShape: [2]},
  rescaling: {scale: 2},
  resizing: {height: 3, width: 4},
  centerCrop: {height: 3, width: 4},
  categoryEncoding: {numTokens: 3, outputMode: 'oneHot'},
  randomWidth: {factor: 0.1},
  timeDistributed: {layer: tf.layers.dense({units: 2})},
  bidirectional: {layer: tf.layers.gru({units: 2}), mergeMode: 'sum'},
  rnn: {cell: tf.layers.gruCell({units: 2})},
  stackedRNNCells: {cells: [tf.layers.gruCell({units: 2}), tf.layers.lstmCell({units: 3})]},
};
/** Names in tf.layers that are no factories of layers, or factories of others by an older name. */
const isFactory = (name: string) => !/^[A-Z]|^input$/.test(name);
const factories = Object.entries(tf.layers).filter(([name]) => isFactory(name)) as unknown as [
  string,
  (options: object) => tf.layers.Layer,
][];

it.each(factories)(
  'a topology with tf.layers.%s is decoded with the same configuration',
  async (name, make) => {
    const config = make(needed[name] ?? {}).getConfig();
    const fields = Object.keys(config);
    const changes = fc.dictionary(fc.constantFrom(...fields, 'other'), fc.jsonValue({maxDepth: 2}), {
      noNullPrototype: true,
    });
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        const text = JSON.stringify({class_name: name, config: {...config, ...changed}}).replaceAll(
          '__proto__',
          'proto',
        );
        const artifacts = {modelTopology: JSON.parse(text), weightSpecs: [], weightData: new ArrayBuffer(0)};
        expect(JSON.stringify((await decodeArtifacts(await encodeArtifacts(artifacts))).modelTopology)).toBe(
          text,
        );
      }),
      {numRuns: 2, examples: [[{}]]},
    );
  },
);

it('deflateWith() writes what other decoders inflate to the same text', () => {
  const piece = fc.oneof(
    fc.uint8Array({maxLength: 40}),
    fc
      .record({from: fc.nat(dictionary.length), length: fc.nat(700)})
      .map(({from, length}) => dictionary.subarray(from, from + length)),
    fc
      .record({byte: fc.nat(255), length: fc.nat(600)})
      .map(({byte, length}) => new Uint8Array(length).fill(byte)),
  );
  fc.assert(
    fc.property(fc.array(piece, {maxLength: 8}), (pieces) => {
      const text = Buffer.concat(pieces);
      const deflated = deflateWith(dictionary, text);
      expect(inflateRawSync(deflated, {dictionary}).equals(text)).toBe(true);
    }),
    {numRuns: 60},
  );
});
