import {choices} from 'virtual:choices';
import type {Family} from '../../../scripts/catalog';
import type {Settings} from '../settings';

export interface Option {
  readonly text: string;
  readonly label?: string;
  readonly summary?: string;
  /** Of a part of a method, whose summary is loaded when the form opens. */
  readonly family?: Family;
}

interface Field {
  readonly name: keyof Settings;
  readonly label: string;
  readonly options?: readonly Option[];
  readonly help?: string;
}

const option = (text: string, label: string, summary: string): Option => ({text, label, summary});

const parts = (family: Family): Option[] => choices[family].map((text) => ({text, family}));

/** The form: the label and the options of each setting. */
export const groups: {legend: string; fields: Field[]}[] = [
  {
    legend: 'Network',
    fields: [
      {
        name: 'network',
        label: 'Network',
        options: [
          option('conv', 'Small convolutional', 'Two convolutions and two dense layers, 27,690 parameters.'),
          option(
            'mlp',
            'LeNet-300-100',
            'Three dense layers, 266,610 parameters; the first one takes the pixels.',
          ),
          option('lenet5', 'LeNet-5', 'Two convolutions and three dense layers, 61,706 parameters.'),
        ],
      },
      {
        name: 'start',
        label: 'Start from',
        options: [
          option('new', 'random weights', 'A new network, initialized from the seed.'),
          option(
            'present',
            'the network on this page',
            'Continues training the network on this page and keeps its masks.',
          ),
        ],
      },
    ],
  },
  {
    legend: 'Method',
    fields: [
      {name: 'importance', label: 'Importance', options: parts('importance')},
      {name: 'pattern', label: 'Pattern', options: parts('pattern')},
      {name: 'allocation', label: 'Allocation', options: parts('allocation')},
      {
        name: 'against',
        label: 'Compare with',
        options: [option('', 'nothing', 'Prunes by one importance only.'), ...parts('importance')],
      },
    ],
  },
  {
    legend: 'Target and schedule',
    fields: [
      {name: 'schedule', label: 'Schedule', options: parts('schedule')},
      {
        name: 'penalty',
        label: 'Penalty',
        options: [option('', 'none', 'The loss has no penalty term.'), ...parts('penalty')],
      },
      {
        name: 'teacher',
        label: 'Teacher',
        options: [
          option('', 'none', 'The network learns from the labels only.'),
          option(
            'trained',
            'the initial network',
            'Distillation: it also learns the probabilities of the initial network of this page.',
          ),
          option(
            'present',
            'the network on this page',
            'Distillation: it also learns the probabilities of the network before this run.',
          ),
        ],
      },
      {
        name: 'bits',
        label: 'Quantization',
        options: [
          option('0', 'none', 'The remaining weights are floats of 32 bits.'),
          ...[8, 7, 6, 5, 4, 3, 2].map((bits) =>
            option(
              `${bits}`,
              `${bits} bits`,
              `At the end, trains weights that share ${2 ** bits} values per layer.`,
            ),
          ),
        ],
      },
      {name: 'target', label: 'Target, %', help: 'Share of the weights that is pruned at the end.'},
      {name: 'strength', label: 'Strength', help: 'loss + strength · penalty'},
    ],
  },
  {
    legend: 'Training',
    fields: [
      {name: 'epochs', label: 'Epochs', help: 'Number of passes, each over the digits below.'},
      {
        name: 'digits',
        label: 'Digits per epoch',
        help: 'Of 60,000; each epoch continues where the last stopped.',
      },
      {name: 'rate', label: 'Learning rate', help: 'Of Adam: w ← w − rate · m / √v.'},
      {name: 'seed', label: 'Seed', help: 'The same seed gives the same initial weights and order.'},
      {
        name: 'twin',
        label: 'Dense twin',
        options: [
          option('1', 'train one too', 'The same network on the same digits, never pruned.'),
          option('0', 'none', 'Twice as fast; the comparison is the network before pruning.'),
        ],
      },
    ],
  },
];
