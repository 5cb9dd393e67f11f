import {parts} from 'virtual:shipped-page';
import {io} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {compact, encode, ship, strip} from 'tfjs-pruning';
import type {Format} from '../formats';
import type {NamedFile} from '../protocol';
import {textFile} from '../textFile';
import {onePage} from './onePage';

/** Makes the files of each format from a model. */
export const makers: Record<Format, (model: LayersModel) => Promise<NamedFile[]>> = {
  plain: async (model) => saved(await strip(model)),
  compact: async (model) => saved(await compact(model)),
  sparse: async (model) => [{name: 'model.tfsp', bytes: (await encode(model)).slice().buffer}],
  page: async (model) => [textFile('digits.html', await onePage(parts, await shipped(model), 'predict'))],
  shipped: async (model) => [textFile('digits.js', await shipped(model))],
};

const shipped = (model: LayersModel) => ship(model, {values: 'int8'});

/** The two files that tfjs saves of a model; disposes the model. */
async function saved(model: LayersModel): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  await model.save(
    io.withSaveHandler(async (artifacts) => {
      const {weightData = [], weightSpecs = [], ...topology} = artifacts;
      const json = {...topology, weightsManifest: [{paths: ['weights.bin'], weights: weightSpecs}]};
      files.push(textFile('model.json', JSON.stringify(json)), {
        name: 'weights.bin',
        bytes: io.CompositeArrayBuffer.join([weightData].flat()),
      });
      return {modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts)};
    }),
  );
  model.dispose();
  return files;
}
