import {parseArgs} from 'node:util';
import type {Values} from 'tfjs-pruning';
import type {ToLayersModelOptions} from 'tfjs-pruning/graph';
import {conversionOf} from './conversionOptions';
import {UsageError} from './UsageError';

export {UsageError};

/** The files to compare outputs with, and the share of the largest output by which they may differ. */
export interface Checks {
  readonly x: string;
  readonly y: string;
  readonly tolerance: number;
}

export interface Options {
  readonly command: keyof typeof takes | 'help';
  readonly path: string;
  readonly sparsity: number;
  readonly values: Values;
  /** How a graph model is converted. */
  readonly conversion: ToLayersModelOptions;
  readonly out: string;
  readonly format: 'module' | 'wasm';
  /** The files to compare with, of inputs and outputs. */
  readonly checks?: Checks;
  readonly plain: boolean;
  readonly force: boolean;
  readonly unchecked: boolean;
  readonly json: boolean;
}

const writing = ['values', 'out', 'plain', 'force', 'unchecked', 'json'];

/** The options of each command. */
const takes = {
  report: ['json'],
  prune: ['sparsity', ...writing],
  convert: [...writing, 'outputs', 'input'],
  ship: ['values', 'out', 'format', 'check', 'tolerance', 'force', 'json'],
};

/** @throws UsageError */
export function parseOptions(argv: string[]): Options {
  const {values, positionals, checkOutputs} = parsed(argv);
  const [command, path, ...more] = positionals;
  const {plain = false, force = false, unchecked = false, json = false} = values;
  const format = formatOf(values.format, values.out);
  const {
    out = {convert: 'converted', ship: `model.${format === 'wasm' ? 'wasm' : 'js'}`}[command] ?? 'pruned',
  } = values;
  const given = {path, out, format, plain, force, unchecked, json};
  const options = {...given, sparsity: 0, values: 'float32' as const, conversion: {}};
  if (values.help || command === undefined || command === 'help') {
    return {...options, command: 'help'};
  }
  if (!isCommand(command)) {
    throw new UsageError(`unknown command "${command}"; the commands are report, prune, convert and ship`);
  }
  if (path === undefined || more.length > 0) {
    throw new UsageError(`${command} takes one model, got ${path === undefined ? 'none' : more.length + 1}`);
  }
  const extra = Object.keys(values).find((key) => !takes[command].includes(key));
  if (extra !== undefined) {
    throw new UsageError(`${command} has no option --${extra}`);
  }
  if (command === 'ship' && format === 'module' && !/\.m?js$/.test(out)) {
    throw new UsageError(`--out must be a file that ends with .js, .mjs or .wasm, got "${out}"`);
  }
  if (out === '') {
    throw new UsageError('--out must be a folder, got nothing; use "." for the current one');
  }
  const sparsity = command === 'prune' ? shareOf(values.sparsity) : 0;
  const precision = valuesOf(values.values);
  const checks = checksOf(values.check, checkOutputs, values.tolerance, precision);
  return {...options, command, sparsity, values: precision, checks, conversion: conversionOf(values)};
}

const isCommand = (name: string): name is keyof typeof takes => Object.hasOwn(takes, name);

function parsed(argv: string[]) {
  try {
    const {values, tokens} = parseArgs({
      args: argv,
      allowPositionals: true,
      tokens: true,
      options: {
        sparsity: {type: 'string'},
        values: {type: 'string'},
        outputs: {type: 'string'},
        input: {type: 'string', multiple: true},
        out: {type: 'string', short: 'o'},
        plain: {type: 'boolean'},
        force: {type: 'boolean'},
        unchecked: {type: 'boolean'},
        json: {type: 'boolean'},
        help: {type: 'boolean', short: 'h'},
        format: {type: 'string'},
        check: {type: 'string'},
        tolerance: {type: 'string'},
      },
    });
    // The second file of --check.
    const next = 1 + tokens.findIndex((token) => token.kind === 'option' && token.name === 'check');
    const isSecond = (i: number) => next > 0 && i === next;
    const texts = tokens.map((token) => (token.kind === 'positional' ? token.value : undefined));
    const positionals = texts.filter((text, i) => text !== undefined && !isSecond(i)) as string[];
    return {values, positionals, checkOutputs: next > 0 ? texts[next] : undefined};
  } catch (cause) {
    throw new UsageError((cause as Error).message, {cause});
  }
}

function shareOf(text: string | undefined): number {
  const share = Number(text);
  if (text === undefined || text.trim() === '' || !(share >= 0 && share < 1)) {
    const got = text === undefined ? 'nothing' : `"${text}"`;
    throw new UsageError(`--sparsity must be a number from 0 to below 1, got ${got}`);
  }
  return share;
}

function valuesOf(text = 'float32'): Values {
  if (/^[1-8]$/.test(text)) {
    return {bits: Number(text)};
  }
  if (text === 'float32' || text === 'float16' || text === 'int8') {
    return text;
  }
  throw new UsageError(`--values must be float32, float16, int8 or 1 to 8, got "${text}"`);
}

function formatOf(text: string | undefined, out = ''): Options['format'] {
  if (text === undefined) return out.endsWith('.wasm') ? 'wasm' : 'module';
  if (text === 'module' || text === 'wasm') return text;
  throw new UsageError(`--format must be module or wasm, got "${text}"`);
}

/** By which share of the largest output those with lossless and with rounded values may differ. */
const TOLERANCES = {lossless: 1e-4, rounded: 0.05};

function checksOf(
  x: string | undefined,
  y: string | undefined,
  text: string | undefined,
  values: Values,
): Checks | undefined {
  const tolerance =
    text === undefined ? TOLERANCES[values === 'float32' ? 'lossless' : 'rounded'] : Number(text);
  if (!(tolerance >= 0) || text?.trim() === '') {
    throw new UsageError(`--tolerance must be a number of at least 0, got "${text}"`);
  }
  if (x === undefined) return undefined;
  if (y === undefined)
    throw new UsageError(`--check takes two files, of inputs and outputs, got "${x}" only`);
  return {x, y, tolerance};
}
