// The messages between the page and its worker. All of tfjs runs in the worker; the page only draws.
import type {Format} from './formats';
import type {OwnCalls, OwnTick} from './own/protocol';
import type {Settings} from './settings';

/** The calls of the page. Each is answered with its result or an error message. */
export type Calls = TrainingCalls & OutputCalls & OwnCalls;

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

export type Phase = 'waiting' | 'running' | 'paused' | 'idle';

export interface Started {
  backend: string;
  /** The other backends, each with the reason why it was not chosen. */
  others: {name: string; reason: string}[];
}

/** The sparse files of a network. */
export interface Carried {
  pruned: ArrayBuffer;
  dense: ArrayBuffer;
}

/** The class probabilities of a digit by both networks. */
export interface Answers {
  dense: number[];
  pruned: number[];
}

export interface Pruned {
  accuracy: number;
  sparsity: number;
  /** Of the sparse file, once TensorFlow.js is loaded. */
  bytes?: number;
  milliseconds: number;
  answers?: Answers;
  /** The accuracy at the same sparsity by the other importance. */
  against?: number;
}

export interface Outcome {
  ended: 'done' | 'stopped';
  accuracy: number;
  denseAccuracy: number;
  sparsity: number;
}

/** A moment of a run. */
export interface Tick {
  /** The number of completed epochs, with fractions. */
  epoch: number;
  loss: number;
  denseLoss?: number;
  sparsity: number;
  accuracy?: number;
  denseAccuracy?: number;
  /** The time of a training step of the pruned network, in milliseconds. */
  step: number;
}

export interface WeightView {
  name: string;
  shape: number[];
  values: Float32Array;
  mask: Uint8Array;
}

export interface Sizes {
  parameters: number;
  macs: number;
  /** Of the weights as tfjs saves them for the dense network; of the sparse file for the pruned one. */
  bytes: number;
}

/** The dense network, the pruned one without its pruned channels, and the same with sparse products. */
export type Ways = Record<'dense' | 'compact' | 'sparse', Shipped>;

export interface Shipped {
  parameters: number;
  macs: number;
  /** Of the weights, or of the whole sparse file. */
  bytes: number;
  /** For a batch of 250 digits. */
  milliseconds: number;
}

/** A module beside tfjs: gzipped bytes of code, and the time for a digit. */
export interface Shipment {
  bytes: number;
  /** Of tfjs and the weights of the dense network. */
  tfjsBytes: number;
  microseconds: number;
  /** Of the dense network in tfjs. */
  tfjsMicroseconds: number;
}

export interface Mistake {
  label: number;
  read: number;
  pixels: Uint8Array;
}

export interface Inspected {
  value: number;
  kept: boolean;
  /** The score of the element's unit at its last update, and the threshold of that update. */
  score?: number;
  threshold?: number;
  /** The epoch in which it was pruned; undefined if it was kept or pruned without training. */
  epoch?: number;
}

export interface NamedFile {
  name: string;
  bytes: ArrayBuffer;
}

export type Request = {id: number; call: keyof Calls; args: unknown[]};
export type Reply = {id: number; result: unknown} | {id: number; error: string};
export type Event = {[Name in keyof Events]: {event: Name; value: Events[Name]}}[keyof Events];
