import type {Family} from '../../../scripts/catalog';
import type {Choice} from '../build/choices';
import {byId, make} from '../dom';
import {ranges, type Settings} from '../settings';
import {groups, type Option} from './fields';

type Explanations = Record<Family, readonly Choice[]>;

/** Shows the settings, and reports changes. */
export class Form {
  readonly #form = byId<HTMLFormElement>('settings');
  readonly #controls = new Map<
    keyof Settings,
    {control: HTMLInputElement | HTMLSelectElement; explain(): void}
  >();

  #explanations: Explanations | undefined;

  constructor(onChange: (change: Partial<Settings>) => void) {
    byId('advanced').addEventListener('toggle', () => this.#load(), {once: true});
    this.#form.addEventListener('submit', (event) => event.preventDefault());
    for (const {legend, fields} of groups) {
      const made = fields.map(({name, label, options, help}) => {
        const explanation = make('div', {className: 'help', id: `help-${name}`}, help ?? '');
        const control = options ? select(name, options) : number(name);
        control.setAttribute('aria-describedby', explanation.id);
        const explain = () => {
          const chosen = options?.find(({text}) => text === control.value);
          if (chosen) explanation.replaceChildren(...this.#inWords(chosen));
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

  /** Loads the summaries and formulas of the parts of methods. */
  async #load(): Promise<void> {
    this.#explanations = (await import('virtual:explanations')).explanations;
    for (const {explain} of this.#controls.values()) explain();
  }

  #inWords({text, summary = '', family}: Option): (Node | string)[] {
    const known = family && this.#explanations?.[family].find((choice) => choice.text === text);
    if (!known) return [summary];
    const {formula, data} = known;
    const details = () => make('details', {}, make('summary', {}, 'Formula'), make('code', {}, formula));
    return [`${known.summary}${data ? ` Needs ${data}.` : ''}`, ...(formula ? [' ', details()] : [])];
  }

  /** Disables the settings during a run. */
  set disabled(disabled: boolean) {
    for (const {control} of this.#controls.values()) control.disabled = disabled;
  }
}

/** A call in words: `magnitude({p: 2})` is “magnitude, p = 2”. */
export function plain(call: string): string {
  const [, name, parameters] = /^(\w+)(?:\((.*)\))?$/.exec(call) ?? [undefined, call, ''];
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const given = (parameters ?? '').replace(/[{}']/g, '').replace(/: /g, ' = ');
  return given ? `${words}, ${given}` : words;
}

function select(name: string, options: readonly Option[]): HTMLSelectElement {
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
