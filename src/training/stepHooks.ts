import type {NamedTensorMap, Optimizer, Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {shadow} from '../model/shadow';

/** The loss gradients by the names of their variables. */
export type Gradients = Readonly<NamedTensorMap>;

/**
 * Runs in place of a step: changes the gradients, takes the step with them, and changes the updated weights.
 *
 * @param step Runs the hooks inside this one, then the optimizer, with the same gradients by default. Variables whose gradient is
 *   left out are not updated.
 */
export type StepHook = (gradients: Gradients, step: (gradients?: Gradients) => void) => void;

/**
 * The stages of hooks, the outermost first: a hook sees the gradients before those of later stages, and the updated weights
 * after them. So in each step `gradients` are filtered last and the optimizer runs; then `dense` hooks store the weights that
 * masks will hide, `masks` hooks mask them, and `values` hooks round the remaining ones.
 */
export const stages = ['values', 'masks', 'dense', 'gradients'] as const;

/** When a hook of `aroundStep` runs, relative to others. */
export type Stage = (typeof stages)[number];

interface Attached {
  readonly hook: StepHook;
  readonly stage: Stage;
}

/** The hooks of each optimizer, and the function that takes them off when there are none. */
const attached = new WeakMap<Optimizer, {hooks: Attached[]; restore: () => void}>();

/**
 * Runs a hook around each step of a model's optimizer, also after the model is compiled again. Within a stage the hook that was
 * attached first is the outermost.
 *
 * @returns A function that removes it.
 * @throws if the model is not compiled.
 */
export function attachHook(who: string, model: LayersModel, stage: Stage, hook: StepHook): () => void {
  if (model.optimizer == null) {
    throw new Error(`${who}: model "${model.name}" has no optimizer; compile it first`);
  }
  let detach = attachTo(model.optimizer, {hook, stage});
  const endCompile = shadow(model, 'compile', (compile) => (args) => {
    try {
      compile(args);
    } finally {
      // It has set the optimizer even if it throws for the loss.
      detach();
      detach = attachTo(model.optimizer, {hook, stage});
    }
  });
  return () => {
    endCompile();
    detach();
  };
}

function attachTo(optimizer: Optimizer, one: Attached): () => void {
  const {hooks, restore} = attached.get(optimizer) ?? cover(optimizer);
  hooks.push(one);
  hooks.sort((a, b) => stages.indexOf(a.stage) - stages.indexOf(b.stage));
  return () => {
    const at = hooks.indexOf(one);
    if (at < 0) return;
    hooks.splice(at, 1);
    if (hooks.length > 0) return;
    restore();
    attached.delete(optimizer);
  };
}

/** Replaces `applyGradients`, which every training loop calls, `minimize` too. */
function cover(optimizer: Optimizer) {
  const hooks: Attached[] = [];
  const restore = shadow(optimizer, 'applyGradients', (apply) => (given) => {
    const isList = Array.isArray(given);
    const names = isList ? given.map(({name}) => name) : Object.keys(given);
    const before: NamedTensorMap = isList
      ? Object.fromEntries(given.map(({name, tensor}) => [name, tensor]))
      : given;
    // Optimizers find slots by place: variables that are left out keep their places, without a gradient.
    const take = (gradients: Gradients) =>
      apply(
        isList
          ? names.map((name) => ({name, tensor: gradients[name]}))
          : Object.fromEntries(names.map((name) => [name, gradients[name]])),
      );
    // A hook may remove others.
    const running = [...hooks];
    const run = (at: number, gradients: Gradients): void =>
      at === running.length
        ? take(gradients)
        : running[at].hook(gradients, (next = gradients) => run(at + 1, next));
    run(0, before);
  });
  const made = {hooks, restore};
  attached.set(optimizer, made);
  return made;
}

/** The variables with these names that a step updates, as those without a gradient are left alone. */
export function updatedIn<Of extends {value: {name: string}}>(
  weights: readonly Of[],
  gradients: Gradients,
): Of[] {
  return weights.filter(({value}) => (gradients[value.name] as Tensor | undefined) != null);
}
