import {global} from 'tfjs-pruning';
import type {Options} from './options';
import {percent} from './progress';

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

/** The method in words. */
export function methodText(options: Options): string {
  const {recipe, sparsity, importance, pattern, allocation, penalty, strength, proximal, quantize} = options;
  const parts = [importance.text, pattern.text, ...(allocation ? [allocation.text] : [])];
  const by = parts.every((text) => PLAIN.includes(text)) ? '' : ` by ${parts.join(', ')}`;
  const shrunk = penalty ? ` with ${proximal ? 'proximal ' : ''}${penalty.text} × ${strength}` : '';
  const rounded = quantize ? `, quantized to ${quantize} bits` : '';
  const limit = recipe === 'within-budget' ? 'up to ' : '';
  const action = pattern.part.select ? 'pruning' : `pruning ${limit}${percent(sparsity)}`;
  return `${action}${recipe === 'gradual' ? '' : ` (${recipe})`}${by}${shrunk}${rounded}`;
}
