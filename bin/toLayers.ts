import {env, findBackend, io, scalar, setBackend} from '@tensorflow/tfjs-core';
import {conversionReport, type ToLayersModelOptions, toLayersModel} from 'tfjs-pruning/graph';
import type {Changed} from './rewrite';

export const isGraph = ({modelTopology}: io.ModelArtifacts): boolean => 'node' in Object(modelTopology);

/** The layers model of a graph model, and which nodes no layers compute. */
export async function toLayers(
  artifacts: io.ModelArtifacts,
  options: ToLayersModelOptions,
): Promise<Changed> {
  await startBackend();
  const model = await toLayersModel(artifacts, options).catch((cause: Error) => {
    throw new Error(inTermsOfOptions(cause.message), {cause});
  });
  const {outputs, outside} = conversionReport(model);
  const text = `${conversionReport(model)}`;
  let saved: io.ModelArtifacts = {};
  await model.save(
    io.withSaveHandler(async (given) => {
      saved = given;
      return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
    }),
  );
  model.dispose();
  return {artifacts: saved, text: inTermsOfOptions(text), json: {outputs, outside}};
}

/** Constants in graphs are computed, for which a backend is needed; @tensorflow/tfjs has one. */
async function startBackend(): Promise<void> {
  // A variable, as the backend is not a dependency.
  const name = '@tensorflow/tfjs-backend-cpu';
  if (findBackend('cpu') == null) {
    await import(name).catch((cause) => {
      throw new Error('graph models are converted on a backend; install it: npm install @tensorflow/tfjs', {
        cause,
      });
    });
  }
  // With its first tensor it prints advice to install tfjs-node, except in tests.
  env().set('IS_TEST', true);
  await setBackend('cpu');
  scalar(0).dispose();
  env().set('IS_TEST', false);
}

const inTermsOfOptions = (text: string): string =>
  text
    .replaceAll('the option inputShapes', '--input <node=sizes>')
    .replaceAll('by inputShapes', 'by --input <node=sizes>')
    .replaceAll('the option outputs', '--outputs <nodes>')
    .replace(/^toLayersModel: /, '');
