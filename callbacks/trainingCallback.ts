import {Callback, type LayersModel} from '@tensorflow/tfjs-layers';
import {breathe} from '../src/breathe';
import {modelInternals} from '../src/tfjs';

/** A callback that lets the page live: fit itself never yields where callbacks are instances, as they are here. */
export class TrainingCallback extends Callback {
  override async onBatchEnd(): Promise<void> {
    await breathe();
  }
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
      // What was attached last goes first, as it may stand on what was there before.
      try {
        cleanup();
      } finally {
        internals.isTraining = value;
      }
    },
  });
}
