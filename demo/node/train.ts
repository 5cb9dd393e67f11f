import {type Report, report} from 'tfjs-pruning';
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

/** Trains a network on examples and prunes it by a recipe; undefined if the user interrupted it. */
export async function train(options: Options, examples: Examples): Promise<Trained | undefined> {
  const session = new Session(options, examples);
  process.once('SIGINT', session.interrupt);
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
  process.off('SIGINT', session.interrupt);
  return made && {...made, before};
}
