import {modeFor, modeOf} from '../../src/evaluate/metric/mode';

const small =
  'loss val_loss val_out_loss mse meanSquaredError val_mae MAE rmse mape meanAbsolutePercentageError mape_1 ' +
  'categoricalCrossentropy ce b_ce binaryCrossentropy kullbackLeiblerDivergence hinge logcosh poisson cosineProximity ' +
  'cosine perplexity errorRate diceLoss falsePositives val_accuracy_loss score_mse wer';
const large =
  'acc val_acc val_out_acc acc_1 accuracy categoricalAccuracy val_f1 val_seg_f1 precision recall auc AUC meanIoU dice ' +
  'diceCoefficient r2 R2 f1Score val_loss_acc error_accuracy psnr truePositives cosineSimilarity mAP';
const neither = 'custom val_quality lr sparsity myMetric 7 distanceless';

it.each(small.split(' '))('modeOf(%j) is min', (name) => {
  expect(modeOf(name)).toBe('min');
});

it.each(large.split(' '))('modeOf(%j) is max', (name) => {
  expect(modeOf(name)).toBe('max');
});

it.each(neither.split(' '))('modeOf(%j) is undefined', (name) => {
  expect(modeOf(name)).toBeUndefined();
  expect(() => modeFor('autoPrune', name, undefined)).toThrow(
    `autoPrune: the name "${name}" does not imply whether large or small values are better; give mode: 'max' or 'min'`,
  );
  expect(modeFor('autoPrune', name, 'min')).toBe('min');
});

it('modeFor() prefers the given mode to that of the name', () => {
  expect(modeFor('autoPrune', 'loss', 'max')).toBe('max');
  expect(() => modeFor('autoPrune', 'loss', 'low')).toThrow(
    `autoPrune: mode must be 'max' or 'min', got "low"`,
  );
});
