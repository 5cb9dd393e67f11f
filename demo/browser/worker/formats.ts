import {io, util} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {compact, encode, ship, strip} from 'tfjs-pruning';
import type {NamedFile} from '../protocol';

interface Format {
  readonly label: string;
  /** Makes the files. */
  readonly make: (model: LayersModel) => Promise<NamedFile[]>;
}

/** The downloads of the page. */
export const formats: Record<string, Format> = {
  plain: {
    label: 'Plain tfjs: model.json and weights.bin',
    make: async (model) => saved(await strip(model)),
  },
  compact: {
    label: 'Compact: without the removed channels',
    make: async (model) => saved(await compact(model)),
  },
  sparse: {
    label: 'Sparse: the remaining weights, in one file',
    make: async (model) => [{name: 'model.sparse', bytes: (await encode(model)).slice().buffer}],
  },
  shipped: {
    label: 'Shipped: one module that predicts without TensorFlow.js',
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

/** Reads the two files of a model, in any order. */
export function parseFiles(files: NamedFile[]): {json: io.ModelJSON; weights: ArrayBuffer} {
  const names = files.map(({name}) => name).join(', ') || 'no file';
  const text = files.find(({name}) => name.endsWith('.json'));
  const binary = files.find(({name}) => name.endsWith('.bin'));
  if (files.length !== 2 || !text || !binary) {
    throw new Error(`choose two files together, model.json and weights.bin; got ${names}`);
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
