import {inlineExp} from '../sparse/recurrent';
import {log} from './activate';
import {float, word} from './words';

/** Softmax along an axis. Arguments: x, y, the product of the axes before it, its length, the product of those after it, whether to log. */
export function softmax(p: usize): void {
  const step = <usize>word(p, 4) << 2, size = step * <usize>word(p, 3), logs = word(p, 5) !== 0;
  let x = <usize>word(p, 0), y = <usize>word(p, 1);
  for (let outer = word(p, 2); outer > 0; outer--, x += size, y += size) {
    for (let i: usize = 0; i < step; i += 4) {
      let most = -<f32>Infinity, sum: f32 = 0;
      for (let k = i; k < size; k += step) most = max<f32>(most, load<f32>(x + k));
      for (let k = i; k < size; k += step) {
        const value = f32x4.extract_lane(inlineExp(f32x4.splat(load<f32>(x + k) - most)), 0);
        sum += value;
        store<f32>(y + k, logs ? load<f32>(x + k) : value);
      }
      const shift = logs ? most + f32x4.extract_lane(log(f32x4.splat(sum)), 0) : 0;
      for (let k = i; k < size; k += step) store<f32>(y + k, logs ? load<f32>(y + k) - shift : load<f32>(y + k) / sum);
    }
  }
}

/** Rows with a mean of 0 and a variance of 1, scaled and shifted. Arguments: x, y, rows, length, γ, β, ε. */
export function normalize(p: usize): void {
  const bytes = <usize>word(p, 3) << 2, length = <f32>word(p, 3);
  let x = <usize>word(p, 0), y = <usize>word(p, 1);
  for (let left = word(p, 2); left > 0; left--, x += bytes, y += bytes) {
    let mean: f32 = 0, variance: f32 = 0;
    for (let k: usize = 0; k < bytes; k += 4) mean += load<f32>(x + k);
    mean /= length;
    for (let k: usize = 0; k < bytes; k += 4) {
      const d = load<f32>(x + k) - mean;
      variance += d * d;
    }
    const factor: f32 = 1 / sqrt(variance / length + float(p, 6));
    for (let k: usize = 0; k < bytes; k += 4) {
      store<f32>(y + k, (load<f32>(x + k) - mean) * factor * load<f32>(word(p, 4) + k) + load<f32>(word(p, 5) + k));
    }
  }
}
