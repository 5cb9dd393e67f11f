import {parts} from 'virtual:shipped-page';
import {io, util} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {compact, encode, ship, strip} from 'tfjs-pruning';
import type {NamedFile} from '../protocol';
import {Network} from './network';
import {onePage} from './onePage';

interface Format {
  readonly label: string;
  /** Makes the files. */
  readonly make: (model: LayersModel) => Promise<NamedFile[]>;
}

/** The downloads of the page. */
export const formats: Record<string, Format> = {
  plain: {
    label: 'tfjs: model.json and weights.bin',
    make: async (model) => saved(await strip(model)),
  },
  compact: {
    label: 'Compact: without the pruned channels',
    make: async (model) => saved(await compact(model)),
  },
  sparse: {
    label: 'Sparse file, .tfsp: the remaining weights',
    make: async (model) => [{name: 'model.tfsp', bytes: (await encode(model)).slice().buffer}],
  },
  page: {
    label: 'One page: reads digits with this network',
    make: async (model) => [
      {
        name: 'digits.html',
        bytes: new TextEncoder().encode(await onePage(parts, await ship(model, {values: 'int8'}), 'predict'))
          .buffer,
      },
    ],
  },
  shipped: {
    label: 'Module: predicts without TensorFlow.js',
    make: async (model) => [
      {name: 'digits.js', bytes: new TextEncoder().encode(await ship(model, {values: 'int8'})).buffer},
    ],
  },
};

/** The two files that tfjs saves of a model; disposes the model. */
async function saved(model: LayersModel): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  await model.save(
    io.withSaveHandler(async (artifacts) => {
      const {weightData = [], weightSpecs = [], ...topology} = artifacts;
      const json = {...topology, weightsManifest: [{paths: ['weights.bin'], weights: weightSpecs}]};
      files.push(
        {name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(json)).buffer},
        {name: 'weights.bin', bytes: io.CompositeArrayBuffer.join([weightData].flat())},
      );
      return {modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts)};
    }),
  );
  model.dispose();
  return files;
}

/** The network in a sparse file, or in the two files that tfjs saves, in any order. */
export async function networkOf(files: NamedFile[]): Promise<Network> {
  const [first] = files;
  if (files.length === 1 && first.name.endsWith('.tfsp')) {
    return Network.decoded(first.bytes);
  }
  const {json, weights} = parseFiles(files);
  return Network.of(json, weights);
}

function parseFiles(files: NamedFile[]): {json: io.ModelJSON; weights: ArrayBuffer} {
  const names = files.map(({name}) => name).join(', ') || 'no file';
  const text = files.find(({name}) => name.endsWith('.json'));
  const binary = files.find(({name}) => name.endsWith('.bin'));
  if (files.length !== 2 || !text || !binary) {
    throw new Error(`choose one .tfsp file, or model.json and weights.bin together; got ${names}`);
  }
  let json: io.ModelJSON;
  try {
    json = JSON.parse(new TextDecoder().decode(text.bytes));
  } catch {
    throw new Error(`${text.name} is not JSON`);
  }
  if (!json?.modelTopology || !Array.isArray(json.weightsManifest)) {
    throw new Error(`${text.name} is not a model that tfjs saved`);
  }
  const bytes = bytesOf(json);
  if (binary.bytes.byteLength !== bytes) {
    throw new Error(
      `${binary.name} has ${binary.bytes.byteLength} bytes instead of the ${bytes} of ${text.name}; do they belong together?`,
    );
  }
  return {json, weights: binary.bytes};
}

/** The bytes of a model's weights in their file. */
function bytesOf({weightsManifest}: io.ModelJSON): number {
  const lengths: Record<string, number> = {float32: 4, int32: 4, uint16: 2, float16: 2, uint8: 1, bool: 1};
  return weightsManifest
    .flatMap(({weights}) => weights)
    .reduce(
      (sum, {shape, dtype, quantization}) =>
        sum + util.sizeFromShape(shape) * (lengths[quantization?.dtype ?? dtype] ?? 0),
      0,
    );
}
