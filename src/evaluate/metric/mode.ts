import {describe} from '../../util/describe';

/** Whether a figure is better when it is large or when it is small. */
export type Mode = 'max' | 'min';

/** The ends of words that name figures of either kind; short ones have to be the whole word. */
const names: readonly [Mode, RegExp][] = [
  [
    'min',
    /(loss|error|err|entropy|mse|mae|mape|msle|nll|divergence|distance|deviation|perplexity|hinge|poisson|cosh|proximity|cost|penalty)$|^(b?ce|s?cce|kld?|false|cosine|wer|cer|fid|brier)$/,
  ],
  [
    'max',
    /(acc|accuracy|auc|roc|auroc|precision|recall|score|iou|dice|jaccard|coefficient|similarity|correlation|kappa|psnr|ssim|specificity|sensitivity|reward|bleu|ndcg|mrr)$|^(f\d?|r2|m?ap|mcc|true)$/,
  ],
];

/** The mode of a metric by its name, as `min` of `val_loss`; undefined where the name does not tell. */
export function modeOf(name: string): Mode | undefined {
  // The last word that says it decides: an output may be named after anything.
  const parts = name.split(/[^A-Za-z0-9]+/).reverse();
  const words = parts.flatMap((part) => [part, ...part.split(/(?<=[a-z0-9])(?=[A-Z])/).reverse()]);
  for (const word of words) {
    const found = names.find(([, ends]) => ends.test(word.toLowerCase()));
    if (found !== undefined) return found[0];
  }
  return undefined;
}

/** The mode that is given, or that of the name. @throws where there is neither. */
export function modeFor(who: string, name: string, mode: unknown): Mode {
  assertMode(who, mode);
  const known = mode ?? modeOf(name);
  if (known === undefined) {
    throw new Error(
      `${who}: the name "${name}" does not tell whether it is better large or small; give mode: 'max' or 'min'`,
    );
  }
  return known;
}

export function assertMode(who: string, mode: unknown): asserts mode is Mode | undefined {
  if (mode !== undefined && mode !== 'max' && mode !== 'min') {
    throw new Error(`${who}: mode must be 'max' or 'min', got ${describe(mode)}`);
  }
}
