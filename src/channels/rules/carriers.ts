import {size} from '../../model/axes';
import type {Layer} from '../../model/tfjs';
import {shapeOf} from './fields';
import type {Carriers} from './linearMap';

/**
 * The carrier for a kernel's constant inputs: one of value c replaces all, with the sum of their weights, each times its
 * value / c. Padding affects all constants alike.
 *
 * @param axis The axis of the kernel that runs over the inputs.
 */
export function carriedBy(owner: Layer, field: string, axis: number): Carriers {
  return {
    owner,
    count: 1,
    weights: (read, values, [carrier]) => {
      const kernel = Float32Array.from(read(owner, field) as Float32Array);
      const shape = shapeOf(owner, field);
      const [inputs, inner] = [shape[axis], size(shape.slice(axis + 1))];
      const shares = values.map((value) => value / values[carrier]);
      for (let start = 0; start < kernel.length; start += inputs * inner) {
        for (let i = 0; i < inner; i++) {
          let sum = 0;
          for (let place = 0; place < inputs; place++) {
            if (!Number.isNaN(shares[place])) sum += shares[place] * kernel[start + place * inner + i];
          }
          kernel[start + carrier * inner + i] = sum;
        }
      }
      return {[field]: kernel};
    },
  };
}

/**
 * The carriers of constant inputs of a depthwise kernel [rows, columns, inputs, multiplier] before a pointwise one
 * [1, 1, inputs × multiplier, outputs]. Each carrier filter selects one window position; its pointwise weights are the sums
 * that all constants add there. This requires a filter for each position.
 */
export function carriedThrough(owner: Layer): Carriers {
  const [rows, columns, inputs, multiplier] = shapeOf(owner, 'depthwiseKernel');
  const [outputs] = shapeOf(owner, 'pointwiseKernel').slice(-1);
  const positions = rows * columns;
  return {
    owner,
    count: Math.ceil(positions / multiplier),
    weights: (read, values, places) => {
      const depthwiseKernel = Float32Array.from(read(owner, 'depthwiseKernel') as Float32Array);
      const pointwiseKernel = Float32Array.from(read(owner, 'pointwiseKernel') as Float32Array);
      const sums = new Float64Array(positions * outputs);
      const hidden = inputs * multiplier;
      for (let position = 0; position < positions; position++) {
        for (let h = 0; h < hidden; h++) {
          const value = values[Math.floor(h / multiplier)];
          const factor = Number.isNaN(value) ? 0 : value * depthwiseKernel[position * hidden + h];
          for (let o = 0; o < outputs && factor !== 0; o++) {
            sums[position * outputs + o] += factor * pointwiseKernel[h * outputs + o];
          }
        }
      }
      for (let i = 0; i < places.length * multiplier; i++) {
        const place = places[Math.floor(i / multiplier)];
        const h = place * multiplier + (i % multiplier);
        for (let position = 0; position < positions; position++) {
          depthwiseKernel[position * hidden + h] = +(position === i);
        }
        for (let o = 0; o < outputs; o++) {
          pointwiseKernel[h * outputs + o] = i < positions ? sums[i * outputs + o] / values[place] : 0;
        }
      }
      return {depthwiseKernel, pointwiseKernel};
    },
  };
}
