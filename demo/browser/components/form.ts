import {choices} from 'virtual:choices';
import type {Choice} from '../build/choices';
import {byId, make} from '../dom';
import {ranges, type Settings} from '../settings';

type Option = Pick<Choice, 'text' | 'summary' | 'formula'> & {label?: string; data?: string};

const option = (text: string, label: string, summary: string): Option => ({
  text,
  label,
  summary,
  formula: '',
});

const none = option('', 'none', 'The loss has no penalty term.');

/** The form: the label and the options of each setting. */
const groups: {
  legend: string;
  fields: {name: keyof Settings; label: string; options?: Option[]; help?: string}[];
}[] = [
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
            'Continues training the network on this page; its masks stay.',
          ),
        ],
      },
    ],
  },
  {
    legend: 'Method',
    fields: [
      {name: 'importance', label: 'Importance', options: choices.importance},
      {name: 'pattern', label: 'Pattern', options: choices.pattern},
      {name: 'allocation', label: 'Allocation', options: choices.allocation},
      {
        name: 'against',
        label: 'Compare with',
        options: [option('', 'nothing', 'Prunes by one importance only.'), ...choices.importance],
      },
    ],
  },
  {
    legend: 'Target and schedule',
    fields: [
      {name: 'schedule', label: 'Schedule', options: choices.schedule},
      {name: 'penalty', label: 'Penalty', options: [none, ...choices.penalty]},
      {
        name: 'teacher',
        label: 'Teacher',
        options: [
          option('', 'none', 'The network learns from the labels only.'),
          option(
            'trained',
            'the trained network',
            'Distillation: it also learns the probabilities of the trained network.',
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

/** Shows the settings, and reports changes. */
export class Form {
  readonly #form = byId<HTMLFormElement>('settings');
  readonly #controls = new Map<
    keyof Settings,
    {control: HTMLInputElement | HTMLSelectElement; explain(): void}
  >();

  constructor(onChange: (change: Partial<Settings>) => void) {
    this.#form.addEventListener('submit', (event) => event.preventDefault());
    for (const {legend, fields} of groups) {
      const made = fields.map(({name, label, options, help}) => {
        const explanation = make('div', {className: 'help', id: `help-${name}`}, help ?? '');
        const control = options ? select(name, options) : number(name);
        control.setAttribute('aria-describedby', explanation.id);
        const explain = () => {
          const chosen = options?.find(({text}) => text === control.value);
          if (chosen) explanation.replaceChildren(...inWords(chosen));
        };
        control.addEventListener('change', () => {
          explain();
          if (control.reportValidity()) {
            onChange({[name]: name in ranges ? Number(control.value) : control.value});
          }
        });
        this.#controls.set(name, {control, explain});
        return make(
          'div',
          {className: `field ${options ? 'wide' : ''}`},
          make('label', {htmlFor: control.id}, label),
          control,
          explanation,
        );
      });
      this.#form.append(make('fieldset', {}, make('legend', {}, legend), ...made));
    }
  }

  show(settings: Settings): void {
    for (const [name, {control, explain}] of this.#controls) {
      control.value = String(settings[name]);
      explain();
    }
  }

  /** Disables the settings during a run. */
  set disabled(disabled: boolean) {
    for (const {control} of this.#controls.values()) control.disabled = disabled;
  }
}

function inWords({summary, formula, data}: Option): (Node | string)[] {
  const needs = data ? ` Needs ${data}.` : '';
  const details = () => make('details', {}, make('summary', {}, 'Formula'), make('code', {}, formula));
  return [summary + needs, ...(formula ? [' ', details()] : [])];
}

/** A call in words: `magnitude({p: 2})` is “magnitude, p = 2”. */
export function plain(call: string): string {
  const [, name, parameters] = /^(\w+)(?:\((.*)\))?$/.exec(call) ?? [undefined, call, ''];
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const given = (parameters ?? '').replace(/[{}']/g, '').replace(/: /g, ' = ');
  return given ? `${words}, ${given}` : words;
}

function select(name: string, options: Option[]): HTMLSelectElement {
  const items = options.map(({text, label}) => make('option', {value: text}, label ?? plain(text)));
  return make('select', {id: `set-${name}`}, ...items);
}

function number(name: keyof Settings): HTMLInputElement {
  const {min, max, step} = ranges[name] as {min: number; max: number; step: number};
  return make('input', {
    id: `set-${name}`,
    type: 'number',
    min: String(min),
    max: String(max),
    step: String(step),
    required: true,
  });
}
