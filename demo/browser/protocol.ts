// What the page and its worker say to each other. All of tfjs is in the worker; the page only draws.
import type {Settings} from './settings';

/** What the page asks for: each call is answered by what it returns, or by an error in words. */
export interface Calls {
  /**
   * Starts a backend, the one asked for or else the best that works, and the network to open on. The files are
   * beside the page, at `base`.
   */
  start(backend: string, base: string): Promise<Started>;
  /** Loads the digits to train with, and the rest of those to test with. */
  loadDigits(): Promise<void>;
  /** Cuts the network that was last trained or loaded, anew each time. */
  cut(settings: Settings): Promise<Cut>;
  /** Trains; answered when the run has ended. */
  run(settings: Settings, kind: RunKind): Promise<Outcome>;
  control(command: Command): Promise<void>;
  /** Brings back the network that the page opened on. */
  reset(): Promise<void>;
  /** Tells the sizes, the accuracies and the mistakes of the networks on the page. */
  details(): Promise<void>;
  /** Makes what the pruned network can be shipped as, and times it on the backend. */
  ship(): Promise<Ways>;
  classify(pixels: Float32Array): Promise<{dense: number[]; pruned: number[]}>;
  /** One of the digits to test with, over and over. */
  testDigit(index: number): Promise<Uint8Array>;
  /** Why an element stays, or why it went. */
  inspect(weight: string, index: number): Promise<Inspected>;
  download(format: string): Promise<NamedFile[]>;
  load(files: NamedFile[]): Promise<void>;
}

/**
 * Commands wait for all commands before them: they start, change or time the network. Questions wait only until the
 * network is not being changed, and so are answered in a run too.
 */
export const waits = {
  start: 'forCommands',
  cut: 'forCommands',
  run: 'forCommands',
  reset: 'forCommands',
  ship: 'forCommands',
  load: 'forCommands',
  details: 'forNetwork',
  classify: 'forNetwork',
  testDigit: 'forNetwork',
  inspect: 'forNetwork',
  download: 'forNetwork',
  control: 'forNothing',
  loadDigits: 'forNothing',
} as const satisfies Record<keyof Calls, string>;

/** `train` prunes as the settings say; `recover` only trains what is left of the network on the page. */
export type RunKind = 'train' | 'recover';

export type Command = 'pause' | 'resume' | 'step' | 'stop';

/** What the worker tells unasked. */
export interface Events {
  digits: {have: number; total: number};
  phase: Phase;
  plan: {epochs: number; updates: {epoch: number; target: number}[]};
  tick: Tick;
  weights: WeightView[];
  sizes: {dense: Sizes; pruned: Sizes};
  accuracy: {dense: number; pruned: number};
  mistakes: {count: number; of: number; digits: Mistake[]};
}

export type Phase = 'waiting' | 'running' | 'paused' | 'idle';

export interface Started {
  backend: string;
  /** For each backend that was not taken: why. */
  others: {name: string; reason: string}[];
  formats: {name: string; label: string}[];
}

export interface Cut {
  accuracy: number;
  sparsity: number;
  kept: number;
  size: number;
  milliseconds: number;
  /** The accuracy of the same cut by the other importance. */
  against?: number;
}

export interface Outcome {
  ended: 'done' | 'stopped';
  /** On all test digits. */
  accuracy: number;
  denseAccuracy: number;
  sparsity: number;
}

/** A moment of a run. */
export interface Tick {
  /** How many epochs are over, in fractions. */
  epoch: number;
  loss: number;
  denseLoss?: number;
  sparsity: number;
  accuracy?: number;
  denseAccuracy?: number;
  /** Milliseconds that the pruned network's training step took. */
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
  raw: number;
  gzip: number;
}

/** The dense network, and the pruned one without the channels that went, without and with sparse products. */
export type Ways = Record<'dense' | 'compact' | 'sparse', Shipped>;

export interface Shipped {
  parameters: number;
  macs: number;
  /** Of the weights; of the sparse file, all of it. */
  bytes: number;
  /** For 250 digits at once. */
  milliseconds: number;
}

export interface Mistake {
  label: number;
  read: number;
  pixels: Uint8Array;
}

export interface Inspected {
  value: number;
  kept: boolean;
  /** The score of the element's unit at the last update that judged it, and the threshold it had to pass. */
  score?: number;
  threshold?: number;
  /** The epoch it was cut in; undefined if it stays or was cut without training. */
  epoch?: number;
}

export interface NamedFile {
  name: string;
  bytes: ArrayBuffer;
}

export type Request = {id: number; call: keyof Calls; args: unknown[]};
export type Reply = {id: number; result: unknown} | {id: number; error: string};
export type Event = {[Name in keyof Events]: {event: Name; value: Events[Name]}}[keyof Events];
