import {assertOneOf} from '../../util/options';

/** Whether large or small values of a metric are better. */
export type Mode = 'max' | 'min';

/** Name endings of metrics by mode; short ones have to be the whole word. */
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

/** The mode that the name of a metric implies, such as `min` for `val_loss`; undefined if it implies none. */
export function modeOf(name: string): Mode | undefined {
  // The last word with a mode decides: outputs may have any names.
  const parts = name.split(/[^A-Za-z0-9]+/).reverse();
  const words = parts.flatMap((part) => [part, ...part.split(/(?<=[a-z0-9])(?=[A-Z])/).reverse()]);
  for (const word of words) {
    const found = names.find(([, ends]) => ends.test(word.toLowerCase()));
    if (found !== undefined) return found[0];
  }
  return undefined;
}

/** The given mode, or the mode that the name implies. @throws if there is neither. */
export function modeFor(who: string, name: string, mode: unknown): Mode {
  assertMode(who, mode);
  const known = mode ?? modeOf(name);
  if (known === undefined) {
    throw new Error(
      `${who}: the name "${name}" does not imply whether large or small values are better; give mode: 'max' or 'min'`,
    );
  }
  return known;
}

export function assertMode(who: string, mode: unknown): asserts mode is Mode | undefined {
  if (mode !== undefined) assertOneOf(who, 'mode', mode, ['max', 'min']);
}
