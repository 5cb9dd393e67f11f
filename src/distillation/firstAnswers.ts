import {
  cast,
  clone,
  equal,
  keep,
  mul,
  type Scalar,
  sub,
  sum,
  type Tensor,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';

/** Checks that a teacher's first answers are finite, without waiting for the device in the middle of a step. */
export interface FirstAnswers {
  /**
   * Whether some tensors are finite, 1 or 0, if they are the first; a new tensor.
   *
   * @throws if earlier ones turned out not to be finite.
   */
  inspect(tensors: readonly Tensor[]): Scalar | undefined;
  /** Waits for the result. @throws if the first answers are not finite. */
  done(): Promise<void>;
}

export function firstAnswers(who: string, {name}: LayersModel): FirstAnswers {
  let reading: Promise<void> | undefined;
  let failure: Error | undefined;
  const read = async (valid: Scalar) => {
    const [value] = await valid.data();
    valid.dispose();
    if (value === 1) return;
    failure = new Error(
      `${who}: teacher "${name}" returns NaN or infinite numbers for the first batch; check its weights, and whether it ` +
        'expects inputs in this range',
    );
  };
  return {
    inspect: (tensors) => {
      if (failure !== undefined) throw failure;
      if (reading !== undefined) return undefined;
      const valid = keep(tidy(() => allFinite(tensors)));
      reading = read(keep(clone(valid)));
      return valid;
    },
    done: async () => {
      await reading;
      if (failure !== undefined) throw failure;
    },
  };
}

function allFinite(tensors: readonly Tensor[]): Scalar {
  // x − x is NaN unless x is finite.
  const flags = tensors.map((x) => cast(equal(sum(sub(x, x)), 0), 'float32'));
  return flags.reduce((all, flag) => mul(all, flag)) as Scalar;
}

/** A tensor with 0 in place of numbers that are not finite. */
export function finite(x: Tensor): Tensor {
  return where(equal(sub(x, x), 0), x, 0);
}
