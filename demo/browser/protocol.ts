// The messages between the page and its worker. All of tfjs runs in the worker; the page only draws.
import type {Format} from './formats';
import type {OwnCalls, OwnTick} from './own/protocol';
import type {
  Answers,
  Carried,
  Inspected,
  Mistake,
  NamedFile,
  Outcome,
  Phase,
  Pruned,
  Shipment,
  Sizes,
  Started,
  Tick,
  Ways,
  WeightView,
} from './records';
import type {Settings} from './settings';

export type * from './records';

/** The calls of the page. Each is answered with its result or an error message. */
export type Calls = TrainingCalls & QuestionCalls & OutputCalls & OwnCalls;

export interface TrainingCalls {
  /**
   * Starts the requested backend, or the best that works, with the network of another worker, or the initial one. The files
   * are beside the page, at `base`.
   */
  start(backend: string, base: string, carried?: Carried): Promise<Started>;
  /** The network for another worker, without pruning by the slider. */
  carry(): Promise<Carried>;
  /** Prunes the network in its last trained or loaded state, without earlier pruning, and classifies the digit on the pad. */
  prune(settings: Settings, pixels?: Float32Array): Promise<Pruned>;
  /** Trains; returns when the run has ended. */
  run(settings: Settings, kind: RunKind): Promise<Outcome>;
  control(command: Command): Promise<void>;
  /** Restores the initial network. */
  reset(): Promise<void>;
  /** Sends the sizes, the accuracies and the mistakes of both networks. */
  details(): Promise<void>;
}

export interface QuestionCalls {
  classify(pixels: Float32Array): Promise<Answers>;
  /** A test digit; indices wrap around. */
  testDigit(index: number): Promise<Uint8Array>;
  /** Why an element was kept or pruned. */
  inspect(weight: string, index: number): Promise<Inspected>;
}

export interface OutputCalls {
  /** Makes the shipped forms of the pruned network, and times them on the backend. */
  ship(): Promise<Ways>;
  /** Ships the pruned network as a module, and measures it on a test digit. */
  measureModule(): Promise<Shipment>;
  download(format: Format): Promise<NamedFile[]>;
  load(files: NamedFile[]): Promise<void>;
}

/**
 * Commands start, change or time the network, and wait for all earlier commands. Questions wait only while the network
 * changes, so they are also answered during a run.
 */
export const waits = {
  start: 'forCommands',
  carry: 'forCommands',
  prune: 'forCommands',
  run: 'forCommands',
  reset: 'forCommands',
  ship: 'forCommands',
  load: 'forCommands',
  details: 'forNetwork',
  measureModule: 'forNetwork',
  classify: 'forNetwork',
  testDigit: 'forNetwork',
  inspect: 'forNetwork',
  download: 'forNetwork',
  control: 'forNothing',
  prepareOwn: 'forNetwork',
  trainOwn: 'forCommands',
  stopOwn: 'forNothing',
} as const satisfies Record<keyof Calls, string>;

/** `train` prunes by the settings; `recover` only trains the remaining weights of the network on the page. */
export type RunKind = 'train' | 'recover';

export type Command = 'pause' | 'resume' | 'step' | 'stop';

/** The events of the worker. */
export interface Events {
  /** What the start is doing. */
  starting: string;
  /** The training digits that are loaded, and those that the run needs next. */
  digits: {have: number; total: number};
  phase: Phase;
  plan: {epochs: number; updates: {epoch: number; target: number}[]};
  tick: Tick;
  weights: WeightView[];
  sizes: {dense: Sizes; pruned: Sizes};
  accuracy: {dense: number; pruned: number};
  mistakes: {count: number; of: number; digits: Mistake[]};
  ownTick: OwnTick;
}

export type Request = {id: number; call: keyof Calls; args: unknown[]};
export type Reply = {id: number; result: unknown} | {id: number; error: string};
export type Event = {[Name in keyof Events]: {event: Name; value: Events[Name]}}[keyof Events];
