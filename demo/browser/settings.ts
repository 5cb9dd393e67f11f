// The settings of a run. The hash of the address has those that differ from the defaults.

export interface Settings {
  /** Percent of the weights that the slider prunes. */
  sparsity: number;
  /** A second importance to compare with, or ''. */
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
  /** `trained` if the initial network of the page is the teacher, `present` for the one before the run, or ''. */
  teacher: string;
  /** Bits per weight, or 0 for no quantization. */
  bits: number;
  strength: number;
  epochs: number;
  /** Training digits per epoch. */
  digits: number;
  rate: number;
  seed: number;
  /** 1 also trains a dense network. */
  twin: number;
  backend: string;
}

export const defaults: Settings = {
  sparsity: 0,
  against: '',
  network: 'conv',
  start: 'new',
  importance: 'magnitude()',
  pattern: 'element()',
  allocation: 'global()',
  schedule: 'polynomial',
  target: 90,
  penalty: '',
  teacher: '',
  bits: 0,
  strength: 1e-4,
  epochs: 4,
  digits: 12000,
  rate: 0.002,
  seed: 1,
  twin: 1,
  backend: '',
};

/** The ranges of numbers, and the step sizes of their controls. */
export const ranges: Partial<Record<keyof Settings, {min: number; max: number; step: number}>> = {
  sparsity: {min: 0, max: 99.9, step: 0.1},
  target: {min: 0, max: 99.9, step: 0.1},
  strength: {min: 0, max: 0.1, step: 0.00001},
  bits: {min: 0, max: 8, step: 1},
  epochs: {min: 1, max: 50, step: 1},
  digits: {min: 100, max: 60000, step: 100},
  rate: {min: 0.0001, max: 0.1, step: 0.0001},
  seed: {min: 0, max: 999999, step: 1},
  twin: {min: 0, max: 1, step: 1},
};

/** The allowed words of each setting that is a word. */
export type Allowed = Partial<Record<keyof Settings, readonly string[]>>;

/** The allowed words of settings; parts of a method are named by their calls. */
export function allowed(choices: Record<string, readonly string[]>): Allowed {
  const texts = (family: string) => choices[family];
  return {
    against: ['', ...texts('importance')],
    network: ['conv', 'mlp', 'lenet5'],
    start: ['new', 'present'],
    importance: texts('importance'),
    pattern: texts('pattern'),
    allocation: texts('allocation'),
    schedule: texts('schedule'),
    penalty: ['', ...texts('penalty')],
    teacher: ['', 'trained', 'present'],
    backend: ['', 'webgpu', 'webgl', 'wasm', 'cpu'],
  };
}

/** The settings of a hash, on top of the defaults or others, and messages about its problems. */
export function fromHash(
  hash: string,
  words: Allowed,
  from = defaults,
): {settings: Settings; problems: string[]} {
  const settings = {...from} as Settings & Record<string, string | number>;
  const problems: string[] = [];
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const value = name in defaults ? parsed(name as keyof Settings, text, words) : undefined;
    if (value === undefined) {
      problems.push(`The address has ${name}=${text}, which is not valid; the default is used.`);
    } else {
      settings[name] = value;
    }
  }
  return {settings, problems};
}

export function toHash(settings: Settings): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(settings)) {
    if (value !== defaults[name as keyof Settings]) {
      // Calls read better in an address without empty parentheses.
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
  // All others are integers. A single bit cannot be trained.
  const whole = name !== 'sparsity' && name !== 'target' && name !== 'rate' && name !== 'strength';
  const possible = !whole || (Number.isInteger(value) && !(name === 'bits' && value === 1));
  return fits && possible ? value : undefined;
}
