// The settings of a run, which are the address's hash: what differs from the defaults, and nothing else.
import type {Choice} from './build/choices';

export interface Settings {
  /** Percent of the weights that the slider cuts. */
  cut: number;
  /** Another importance to cut by for comparison, or ''. */
  against: string;
  network: string;
  start: string;
  importance: string;
  pattern: string;
  allocation: string;
  schedule: string;
  /** Percent of the weights that a run prunes. */
  target: number;
  penalty: string;
  strength: number;
  epochs: number;
  /** Training digits in an epoch. */
  digits: number;
  rate: number;
  seed: number;
  /** 1 trains a dense network along. */
  twin: number;
  backend: string;
}

export const defaults: Settings = {
  cut: 0,
  against: '',
  network: 'conv',
  start: 'new',
  importance: 'magnitude()',
  pattern: 'element()',
  allocation: 'global()',
  schedule: 'polynomial',
  target: 90,
  penalty: '',
  strength: 1e-4,
  epochs: 4,
  digits: 12000,
  rate: 0.002,
  seed: 1,
  twin: 1,
  backend: '',
};

/** Where numbers may lie, and in which steps a control goes. */
export const ranges: Partial<Record<keyof Settings, {min: number; max: number; step: number}>> = {
  cut: {min: 0, max: 99.9, step: 0.1},
  target: {min: 0, max: 99.9, step: 0.1},
  strength: {min: 0, max: 0.1, step: 0.00001},
  epochs: {min: 1, max: 50, step: 1},
  digits: {min: 100, max: 60000, step: 100},
  rate: {min: 0.0001, max: 0.1, step: 0.0001},
  seed: {min: 0, max: 999999, step: 1},
  twin: {min: 0, max: 1, step: 1},
};

/** For each setting that is a word, the words there are. */
export type Allowed = Partial<Record<keyof Settings, readonly string[]>>;

/** The words that a setting may have; those of a choice are their calls. */
export function allowed(choices: Record<string, readonly Choice[]>): Allowed {
  const texts = (family: string) => choices[family].map(({text}) => text);
  return {
    against: ['', ...texts('importance')],
    network: ['conv', 'mlp', 'lenet5'],
    start: ['new', 'present'],
    importance: texts('importance'),
    pattern: texts('pattern'),
    allocation: texts('allocation'),
    schedule: texts('schedule'),
    penalty: ['', ...texts('penalty')],
    backend: ['', 'webgpu', 'webgl', 'wasm', 'cpu'],
  };
}

/** The settings that a hash stands for, where it changes the defaults or others, and problems with it, in words. */
export function fromHash(
  hash: string,
  words: Allowed,
  from = defaults,
): {settings: Settings; problems: string[]} {
  const settings: Record<string, string | number> = {...from};
  const problems: string[] = [];
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const value = name in defaults ? parsed(name as keyof Settings, text, words) : undefined;
    if (value === undefined) {
      problems.push(`The address asks for ${name}=${text}, which there is not; the default is taken.`);
    } else {
      settings[name] = value;
    }
  }
  return {settings: settings as unknown as Settings, problems};
}

export function toHash(settings: Settings): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(settings)) {
    if (value !== defaults[name as keyof Settings]) {
      // Without its empty brackets a call reads better in an address.
      params.set(name, String(value).replace(/\(\)$/, ''));
    }
  }
  return params.size > 0 ? `#${params}` : '';
}

function parsed(name: keyof Settings, text: string, words: Allowed): string | number | undefined {
  const range = ranges[name];
  if (range === undefined) {
    return words[name]?.find((word) => word === text || word === `${text}()`);
  }
  const value = Number(text);
  const fits = text.trim() !== '' && value >= range.min && value <= range.max;
  // Only these are not counted.
  const whole = name !== 'cut' && name !== 'target' && name !== 'rate' && name !== 'strength';
  return fits && (!whole || Number.isInteger(value)) ? value : undefined;
}
