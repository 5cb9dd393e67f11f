import * as tf from '@tensorflow/tfjs';
import {magnitude} from 'tfjs-pruning';
import {mlp} from '../support/models';

/** Values that are wrong nearly everywhere, each with how a message names it. */
export const junk = {
  nothing: [() => undefined, /undefined/],
  null: [() => null, /null/],
  'a Promise': [() => Promise.resolve(1), /a Promise/],
  'a string': [() => 'text', /"text"/],
  'a number': [() => -7.5, /-7\.5/],
  NaN: [() => Number.NaN, /NaN/],
  true: [() => true, /true/],
  'a list': [() => ['no', 'such'], /an array of 2|"no"/],
  'an object': [() => ({typo: 1}), /typo/],
  'a factory': [() => magnitude, /a function|the function/],
  'a tensor': [() => tf.zeros([2, 3]), /\[2,3\]/],
} as const satisfies Record<string, [() => unknown, RegExp]>;

/** Models that most functions cannot use. */
export const models = {
  'a plain model': [
    () => tf.sequential({name: 'plain', layers: [tf.layers.dense({units: 2, inputShape: [3]})]}),
    /model "plain"/,
  ],
  'a graph model': [() => new tf.GraphModel('nowhere'), /GraphModel/],
  'a disposed model': [
    () => {
      const model = mlp();
      model.dispose();
      return model;
    },
    /model ".*" is disposed/,
  ],
  'a model that is not built': [() => tf.sequential({name: 'unbuilt'}), /model "unbuilt" is not built/],
} as const satisfies Record<string, [() => unknown, RegExp]>;

export type Junk = keyof typeof junk | keyof typeof models;

/** An argument: a right value, and what else it takes. Fields are tried one by one, and so is an unknown one. */
export interface Argument {
  right: () => unknown;
  takes: readonly Junk[];
  isModel?: boolean;
  fields?: Record<string, readonly Junk[]>;
}

export interface Spec {
  run: (...args: never[]) => unknown;
  args: Argument[];
}

export const arg = (right: () => unknown, ...takes: Junk[]): Argument => ({right, takes});

export const model = (right: () => unknown, ...takes: Junk[]): Argument => ({right, takes, isModel: true});

/** The arguments of a function without parameters. */
export const none: Argument[] = [arg(() => undefined, 'nothing')];

/** Options that may be left out. @param fields What each takes beside the right value. */
export const options = (right: () => object, fields: Record<string, readonly Junk[]>): Argument => ({
  right,
  takes: ['nothing'],
  fields,
});

/** Options that have to be given. */
export const needed = (right: () => object, fields: Record<string, readonly Junk[]>): Argument => ({
  ...options(right, fields),
  takes: [],
});

/** The arguments in turn with one of them wrong, and how a message names it. */
export function wrongArguments({
  args,
}: Spec): {where: string; what: string; args: () => Promise<unknown[]>; named: RegExp}[] {
  const all = {...junk, ...models};
  return args.flatMap(({takes, isModel, fields}, at) => {
    const given = (value: () => unknown) => async () => {
      const all = await Promise.all(args.map(({right}, i) => (i === at ? undefined : right())));
      return all.map((one, i) => (i === at ? value() : one));
    };
    const kinds = Object.keys(isModel ? all : junk) as Junk[];
    const whole = kinds
      // An object of unknown fields is a case of its own.
      .filter((kind) => !takes.includes(kind) && !(fields !== undefined && kind === 'an object'))
      .map((kind) => ({
        where: `argument ${at + 1}`,
        what: kind as string,
        args: given(all[kind][0]),
        named: all[kind][1] as RegExp,
      }));
    if (fields === undefined) return whole;
    const right = args[at].right as () => object;
    const inside = Object.entries(fields).flatMap(([field, takesHere]) =>
      (Object.keys(junk) as (keyof typeof junk)[])
        .filter((kind) => !takesHere.includes(kind))
        .map((kind) => ({
          where: field,
          what: kind as string,
          args: given(() => ({...right(), [field]: junk[kind][0]()})),
          named: junk[kind][1] as RegExp,
        })),
    );
    const typo = {
      where: 'options',
      what: 'an unknown one',
      args: given(() => ({...right(), typo: 1})),
      named: /unknown option "typo"/,
    };
    return [...whole, ...inside, typo];
  });
}

/** What is wrong with the error of a call: none, in the wrong name, without the value. */
export async function faultOf(
  name: string,
  run: (...args: never[]) => unknown,
  args: unknown[],
  named: RegExp,
): Promise<string | undefined> {
  try {
    await run(...(args as never[]));
  } catch (error) {
    const {message} = error as Error;
    if (message.startsWith(`${name}: `) && named.test(message)) return undefined;
    return message;
  }
  return 'no error';
}
