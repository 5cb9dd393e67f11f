import type * as tf from '@tensorflow/tfjs';
import {type Report, report} from 'tfjs-pruning';
import {onInterrupt} from './interrupt';
import {methodText} from './method';
import type {Examples} from './mnist';
import type {Options} from './options';
import {type Made, recipes} from './recipes';
import {Session} from './session';

/** A trained and pruned network. */
export interface Trained extends Made {
  /** The weights before pruning. */
  readonly before: Report;
}

/** A run that the user interrupted, with the network as it was then; without one if its training had not begun. */
export interface Interrupted {
  readonly interrupted: true;
  readonly network?: tf.LayersModel;
}

/** Trains a network on examples and prunes it by a recipe. */
export async function train(options: Options, examples: Examples): Promise<Trained | Interrupted> {
  const session = new Session(options, examples);
  const endListening = onInterrupt(session.interrupt);
  const {model: name, backend, epochs, recipe} = options;
  const model = session.compiled(name);
  const before = report(model);
  if (options.teacher) await session.teach();
  let made: Made | undefined;
  if (!session.interrupted) {
    const steps = epochs * session.stepsPerEpoch();
    console.log(
      `Training ${name} on ${examples.x.shape[0]} images in ${steps} steps on ${backend}, ${methodText(options)}`,
    );
    made = await recipes[recipe](session, model);
  }
  // The rest of the program does not yield, and so would not see the flag.
  endListening();
  return made === undefined ? {interrupted: true, network: session.network} : {...made, before};
}
