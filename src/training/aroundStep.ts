import {dispose, engine, Tensor, tidy, util} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {isKnownFull} from '../model/bits';
import {resetStored} from '../model/mask';
import {readNetwork} from '../model/network';
import type {Masked} from '../model/weight';
import {maskedOf} from '../model/weight';
import {describe} from '../util/describe';
import {assertOneOf, assertOptions, isRecord, wrong} from '../util/options';
import {attachHook, type Gradients, type Stage, type StepHook, stages, updatedIn} from './stepHooks';

/** Options for `aroundStep`. */
export interface AroundStepOptions {
  /** Where the hook runs among others; `gradients` by default. */
  stage?: Stage;
}

/**
 * Runs a function in place of each step of a model's optimizer: in `fit`, `fitDataset`, `trainOnBatch`, and in custom loops that
 * call `minimize` or `applyGradients` of `model.optimizer`, with any optimizer. It may change the gradients, call `step` with them
 * to update the weights, and change the updated weights. Without a call of `step` the batch is skipped.
 *
 * Hooks nest by their stages, whatever the order in which they are added: `values` outside, then `masks`, `dense` and `gradients`. So the
 * gradients are filtered last before the step; after it, hooks that keep pruned weights dense store them, masked elements become
 * 0 again, and the remaining values are rounded. Within a stage the first that was added is the outermost. A hook stays when the model is
 * compiled again, with the new optimizer. Its tensors are disposed after the step.
 *
 * @param hook Gets the loss gradients by the names of their variables, as `prunableWeights(model)[0].value.name`, and `step`,
 *   which takes them in the same form. Variables whose gradient is left out are not updated. It is synchronous.
 * @returns A function that removes the hook.
 * @throws if the model is not compiled or built; in training if the hook returns a promise, or passes gradients that do not fit.
 * @example
 * aroundStep(model, (gradients, step) => {
 *   const clipped = Object.entries(gradients).map(([name, gradient]) => [name, tf.clipByValue(gradient, -1, 1)]);
 *   step(Object.fromEntries(clipped));
 * })
 */
export function aroundStep(model: LayersModel, hook: StepHook, options: AroundStepOptions = {}): () => void {
  readNetwork('aroundStep', model);
  if (typeof hook !== 'function') throw wrong('aroundStep', 'the hook', 'a function', hook);
  assertOptions('aroundStep', options, ['stage']);
  const {stage = 'gradients'} = options;
  assertOneOf('aroundStep', 'stage', stage, stages);
  const ends = [attachHook('aroundStep', model, stage, checked(hook)), keepMasked('aroundStep', model)];
  return () => {
    for (const end of ends) end();
  };
}

/** Masks the updated weights after each step, as a hook may move masked elements. @returns A function that ends it. */
export function keepMasked(who: string, model: LayersModel): () => void {
  return attachHook(who, model, 'masks', (gradients, step) => {
    step(gradients);
    const weights: Masked[] = model.layers.flatMap(maskedOf);
    resetStored(updatedIn(weights, gradients).filter(({mask}) => !isKnownFull(mask)));
  });
}

/** A hook of a user, with its tensors disposed and its arguments checked. */
function checked(hook: StepHook): StepHook {
  return (gradients, step) => {
    let isOver = false;
    try {
      tidy(() => {
        const result: unknown = hook({...gradients}, (next = gradients) => {
          if (isOver)
            throw new Error('aroundStep: step was called after the hook had returned; call it in the hook');
          assertGradients(next, gradients);
          step(next);
        });
        if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function') {
          throw new Error(
            'aroundStep: the hook returned a promise, but steps are synchronous; leave out async',
          );
        }
      });
    } catch (error) {
      // `minimize` does not get to dispose them.
      dispose(gradients as Record<string, Tensor>);
      throw error;
    } finally {
      isOver = true;
    }
  };
}

function assertGradients(given: unknown, known: Gradients): void {
  if (!isRecord(given))
    throw wrong('aroundStep', 'the gradients for step', 'an object of tensors by name', given);
  for (const [name, gradient] of Object.entries(given)) {
    if (gradient == null) continue;
    if (!(name in known)) {
      throw new Error(
        `aroundStep: the hook passes a gradient for "${name}", which is not trained; there are ${Object.keys(known).join(', ')}`,
      );
    }
    const {shape} = engine().registeredVariables[name];
    if (!(gradient instanceof Tensor) || !util.arraysEqual(gradient.shape, shape)) {
      throw new Error(
        `aroundStep: the gradient for "${name}" must be a tensor of the shape [${shape}], got ${describe(gradient)}`,
      );
    }
  }
}
