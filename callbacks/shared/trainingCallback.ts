import {Callback, type LayersModel} from '@tensorflow/tfjs-layers';
import {modelInternals} from '../../src/model/tfjs';
import {yieldToEventLoop} from '../../src/util/yieldToEventLoop';
import {joinRun} from './trainingRun';

/** A callback that belongs to one fit at a time, and yields to the event loop, as fit does not for instances. */
export class TrainingCallback extends Callback {
  readonly #name: string;
  #isTraining = false;

  /** @param name The function that made it. */
  constructor(name: string) {
    super();
    this.#name = name;
  }

  // fit calls this before setModel; a concurrent fit would go on with the new parameters.
  override setParams(params: Parameters<Callback['setParams']>[0]): void {
    if (this.#isTraining) {
      throw new Error(
        `${this.#name}: this callback is in a fit that still runs; call ${this.#name}() again for another`,
      );
    }
    super.setParams(params);
  }

  override setModel(model: LayersModel): void {
    super.setModel(model);
    // Hooks that are called by hand come without a fit, and a list may hold a callback twice.
    if (modelInternals(model).isTraining && !this.#isTraining) {
      this.#isTraining = true;
      joinRun(model).cleanups.push(() => {
        this.#isTraining = false;
      });
    }
  }

  override async onBatchEnd(): Promise<void> {
    await yieldToEventLoop();
  }
}

/**
 * Makes fit reject a factory of callbacks that was not called. tfjs looks for hooks on the first callback in the list, and
 * calls `setParams` on the others.
 */
export function callbackFactory<Factory extends (...args: never[]) => TrainingCallback>(
  name: string,
  factory: Factory,
): Factory {
  const reject = () => {
    throw new Error(`${name}: fit takes a callback, got the function ${name}; call it, as ${name}(…)`);
  };
  return Object.assign(factory, {onTrainBegin: reject, setParams: reject});
}

/** Throws if fit calls a callback's methods on another object, as it does beside plain objects. */
export function assertInstance(who: string, callback: unknown): void {
  if (!(callback instanceof Callback)) {
    throw new Error(
      `${who}: fit does not take plain objects and instances in one list of callbacks; ` +
        'wrap the plain ones: new tf.CustomCallback({onEpochEnd: …})',
    );
  }
}
