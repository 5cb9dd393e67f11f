import type {Images} from './data';
import type {NetworkName} from './networks';

interface Timing {
  /** The shares of the fit's steps after which masks are first and last updated, and the steps from one update to the next. */
  readonly begin: number;
  readonly end: number;
  readonly every: number;
}

/**
 * One fit. The importance is `fisher()`, the allocation `uniform()` for channels and `global()` for elements, the schedule
 * `exponential()`. Learned masks decide themselves how many elements remain.
 */
export interface Stage {
  readonly epochs: number;
  /** The learning rate of Adam, held until a share below 1 of the steps, by default that of the last update, then along a cosine to 1 %. */
  readonly rate: number;
  readonly hold?: number;
  /** Prunes a share of the channels, or elements until a count remains. */
  readonly prune?: Timing & ({readonly channels: number} | {readonly keep: number});
  /** Learns masks: the strength that `gates` rises to, and the share of the epochs after which the masks are final. */
  readonly gates?: {readonly strength: number; readonly end: number};
  /** The bits of quantized weights; biases are quantized in the file only. */
  readonly bits?: number;
  /** Whether the network loses its pruned channels first. */
  readonly compact?: boolean;
}

/** A method in full: with a seed it determines a run. */
export interface Recipe {
  readonly net: NetworkName;
  /** The recipe whose model it continues with, of the same seed. */
  readonly from?: string;
  readonly images: Images;
  readonly stages: readonly Stage[];
  /** Whether the teacher's outputs stand for the labels. */
  readonly teacher: boolean;
  readonly temperature: number;
  /** Whether the images are also trained on shifted by a pixel in each of four directions; an epoch then has five times the images. */
  readonly shifted?: boolean;
}

const mnist = {images: 'mnist', teacher: true, temperature: 4} as const;
const fashion = {images: 'fashion', teacher: true, temperature: 4} as const;

const lenet300: Stage = {epochs: 75, rate: 1e-3, prune: {begin: 0.2, end: 0.65, every: 60, keep: 3803}};
const narrow: Stage = {epochs: 4, rate: 1e-3, prune: {begin: 0.2, end: 0.6, every: 43, channels: 0.6}};
const caffe: Stage = {epochs: 45, rate: 2e-3, prune: {begin: 0.02, end: 0.7, every: 60, keep: 1437}};
const gated: Stage = {epochs: 45, rate: 1e-3, hold: 0.7, gates: {strength: 8e-4, end: 0.7}};
const lenet5: Stage = {epochs: 15, rate: 1e-3};

const rounded: readonly Stage[] = [{epochs: 10, rate: 3e-4, bits: 4}];

/** The recipes by name. */
export const recipes: Readonly<Record<string, Recipe>> = {
  'lenet-300-100-70x': {...mnist, net: 'mlp', stages: [lenet300]},
  'lenet-300-100-70x-alone': {
    ...mnist,
    teacher: false,
    shifted: true,
    net: 'mlp',
    stages: [{...lenet300, epochs: 15}],
  },
  'lenet-300-100-70x-4bits': {...mnist, net: 'mlp', from: 'lenet-300-100-70x', stages: rounded},
  'lenet-5-300x-4bits': {...mnist, net: 'caffe', from: 'lenet-5-300x', stages: rounded},
  'lenet-5-narrow': {...mnist, net: 'caffe', stages: [narrow]},
  'lenet-5-300x': {...mnist, temperature: 2, net: 'caffe', from: 'lenet-5-narrow', stages: [caffe]},
  'lenet-5-gates': {...mnist, temperature: 2, net: 'caffe', from: 'lenet-5-narrow', stages: [gated]},
  'fashion-lenet-5-caffe': {...fashion, net: 'caffe', stages: [{epochs: 6, rate: 1e-3, hold: 0.5}]},
  'fashion-lenet-5-caffe-90': {
    ...fashion,
    net: 'caffe',
    stages: [{epochs: 6, rate: 2e-3, prune: {begin: 0.02, end: 0.4, every: 43, keep: 43050}}],
  },
  'fashion-lenet-5': {...fashion, net: 'lenet5', stages: [{...lenet5, hold: 0.5}]},
  'fashion-lenet-5-90': {
    ...fashion,
    net: 'lenet5',
    stages: [{...lenet5, prune: {begin: 0.1, end: 0.5, every: 60, keep: 6147}}],
  },
};
