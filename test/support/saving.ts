import * as tf from '@tensorflow/tfjs';

/** The artifacts that `model.save` writes. */
export async function artifactsOf(
  model: tf.LayersModel,
  config: tf.io.SaveConfig = {},
): Promise<tf.io.ModelArtifacts> {
  let saved: tf.io.ModelArtifacts | undefined;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return {modelArtifactsInfo: {dateSaved: new Date(0), modelTopologyType: 'JSON'}};
  });
  await model.save(handler, config);
  return saved as tf.io.ModelArtifacts;
}

/** A model as loaded in another process, from text and bytes only. */
export async function load(artifacts: tf.io.ModelArtifacts): Promise<tf.LayersModel> {
  const {weightData, ...rest} = artifacts;
  const json = JSON.parse(JSON.stringify(rest));
  return tf.loadLayersModel(tf.io.fromMemory({...json, weightData: bytesOf(artifacts).slice().buffer}));
}

export async function saveAndLoad(
  model: tf.LayersModel,
  config: tf.io.SaveConfig = {},
): Promise<tf.LayersModel> {
  return load(await artifactsOf(model, config));
}

export function bytesOf({weightData}: tf.io.ModelArtifacts): Uint8Array {
  return new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
}
