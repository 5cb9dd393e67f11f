import {Callback, type LayersModel} from '@tensorflow/tfjs-layers';
import {modelInternals} from '../../src/model/tfjs';
import {breathe} from '../../src/util/yieldToEventLoop';

/**
 * A callback that is in one fit at a time, and that lets the page live: fit itself never yields where callbacks are
 * instances, as they are here.
 */
export class TrainingCallback extends Callback {
  readonly #name: string;
  #isTraining = false;

  /** @param name The function that made it. */
  constructor(name: string) {
    super();
    this.#name = name;
  }

  // fit calls this first; what it sets, a fit that still runs goes on with.
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
      whenTrainingEnds(model, () => {
        this.#isTraining = false;
      });
    }
  }

  override async onBatchEnd(): Promise<void> {
    await breathe();
  }
}

/**
 * A function that makes callbacks, and that fit refuses before the first batch where it is given uncalled. tfjs looks for
 * hooks on what is first in the list of callbacks, and calls `setParams` of what comes later.
 */
export function callbackFactory<Factory extends (...args: never[]) => TrainingCallback>(
  name: string,
  factory: Factory,
): Factory {
  const refuse = () => {
    throw new Error(`${name}: fit takes a callback, got the function ${name}; call it, as ${name}(…)`);
  };
  return Object.assign(factory, {onTrainBegin: refuse, setParams: refuse});
}

/** Throws where fit runs a callback's methods without the callback, which it does beside plain objects. */
export function assertInstance(who: string, callback: unknown): void {
  if (!(callback instanceof Callback)) {
    throw new Error(
      `${who}: fit does not take plain objects and instances in one list of callbacks; ` +
        'wrap the plain ones: new tf.CustomCallback({onEpochEnd: …})',
    );
  }
}

/** Runs `cleanup` when the fit that runs on the model ends, also when it throws, which skips `onTrainEnd`. */
export function whenTrainingEnds(model: LayersModel, cleanup: () => void): void {
  const internals = modelInternals(model);
  const before = Object.getOwnPropertyDescriptor(internals, 'isTraining') as PropertyDescriptor;
  // fit and fitDataset set this flag back in their `finally`; nothing else of theirs runs for certain.
  Object.defineProperty(internals, 'isTraining', {
    configurable: true,
    enumerable: true,
    get: () => true,
    set: (value: boolean) => {
      Object.defineProperty(internals, 'isTraining', before);
      // In reverse order of attachment, as later ones may wrap earlier ones.
      try {
        cleanup();
      } finally {
        internals.isTraining = value;
      }
    },
  });
}
