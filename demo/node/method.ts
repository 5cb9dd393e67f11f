import {global} from 'tfjs-pruning';
import type {Options} from './options';
import {percent} from './text';

/** The defaults, which are not printed. */
const PLAIN = ['magnitude()', 'element()'];

/** How elements or other units are scored and divided. */
export function methodOf({importance, pattern, allocation}: Options) {
  // Magnitudes are comparable across layers, which makes 90 % of all weights possible.
  const byMagnitude = [importance, pattern].every(({text}) => PLAIN.includes(text));
  return {
    importance: importance.part,
    allocation: allocation?.part ?? (byMagnitude ? global() : undefined),
  };
}

/** The method in words: rows of a name and a description. */
export function methodRows(options: Options): [string, string][] {
  const {recipe, sparsity, importance, pattern, allocation, penalty, strength, proximal, quantize} = options;
  const limit = recipe === 'within-budget' ? 'up to ' : '';
  const target = pattern.part.select ? 'a share that the pattern selects' : `${limit}${percent(sparsity)}`;
  const parts = [importance.text, pattern.text, ...(allocation ? [allocation.text] : [])];
  return [
    ['recipe', `${recipe}, prunes ${target}`],
    ...(parts.every((text) => PLAIN.includes(text))
      ? []
      : [['method', parts.join(', ')] as [string, string]]),
    ...(penalty
      ? [['penalty', `${proximal ? 'proximal ' : ''}${penalty.text} × ${strength}`] as [string, string]]
      : []),
    ...(quantize ? [['values', `quantized to ${quantize} bits`] as [string, string]] : []),
  ];
}
