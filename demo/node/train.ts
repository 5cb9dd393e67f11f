import type * as tf from '@tensorflow/tfjs';
import {type Report, report} from 'tfjs-pruning';
import {onInterrupt} from './interrupt';
import {methodRows} from './method';
import type {Examples} from './mnist';
import type {Options} from './options';
import {type Made, recipes} from './recipes';
import {Session} from './session';
import {count, wrapped} from './text';

/** The column of descriptions of the run. */
const INDENT = 9;

/** A trained and pruned network. */
export interface Trained extends Made {
  /** The weights before pruning. */
  readonly before: Report;
}

/** A run that the user interrupted, with the network at that time; without one if its training had not begun. */
export interface Interrupted {
  readonly interrupted: true;
  readonly network?: tf.LayersModel;
}

/** Trains a network on examples and prunes it by a recipe. */
export async function train(options: Options, examples: Examples): Promise<Trained | Interrupted> {
  const session = new Session(options, examples);
  const endListening = onInterrupt(session.interrupt);
  const model = session.compiled(options.model);
  const before = report(model);
  const rows = [
    ['network', `${options.model}, ${count(before.total.size)} weights`],
    [
      'images',
      `${count(examples.x.shape[0])}, in ${session.stepsPerEpoch()} steps an epoch on ${options.backend}`,
    ],
    ...methodRows(options),
  ];
  for (const [name, text] of rows) console.log(name.padEnd(INDENT) + wrapped(text, INDENT).trimStart());
  console.log();
  if (options.teacher) await session.teach();
  const made = session.interrupted ? undefined : await recipes[options.recipe](session, model);
  // The rest of the program does not yield, and so would not see the flag.
  endListening();
  return made === undefined ? {interrupted: true, network: session.network} : {...made, before};
}
