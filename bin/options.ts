import {parseArgs} from 'node:util';
import type {Values} from 'tfjs-pruning';

export const HELP = `npx tfjs-pruning report <model> [--json]
npx tfjs-pruning prune <model> --sparsity <share> [--values <kind>] [-o <folder>] [--plain] [--force] [--unchecked] [--json]
npx tfjs-pruning convert <model> [--values <kind>] [-o <folder>] [--plain] [--force] [--unchecked] [--json]

convert writes a model without pruning it: Keras 3 models, which tfjs cannot load, as sparse files and models that it loads.

  <model>             model.json of a layers, graph or Keras 3 model with its weights, or a sparse file
  --sparsity <share>  the share of each kernel to prune, from 0 to below 1
  --values <kind>     float32 (lossless, default), float16, int8, or 1 to 8, the bits of a codebook
  -o, --out <folder>  output folder, "pruned" or "converted" by default; load its model.tfsp with sparseFile() of tfjs-pruning
  --plain             also write model.json and weights.bin, including zeros, in the dtype of the model
  --force             overwrite the input model
  --unchecked         write even if tfjs cannot load the result, for models with custom layers
  --json              print one JSON object instead of tables
  --help              print this text

Files are written whole or not at all, and each is loaded once before it replaces an older one.

Exit codes: 0 success, 1 the model cannot be read, changed or written, 2 wrong options.`;

/** Wrong options; the message is printed with a hint to --help. */
export class UsageError extends Error {}

export interface Options {
  readonly command: keyof typeof takes | 'help';
  readonly path: string;
  readonly sparsity: number;
  readonly values: Values;
  readonly out: string;
  readonly plain: boolean;
  readonly force: boolean;
  readonly unchecked: boolean;
  readonly json: boolean;
}

const writing = ['values', 'out', 'plain', 'force', 'unchecked', 'json'];

/** The options of each command. */
const takes = {report: ['json'], prune: ['sparsity', ...writing], convert: writing};

/** @throws UsageError */
export function parseOptions(argv: string[]): Options {
  const {values, positionals} = parsed(argv);
  const [command, path, ...more] = positionals;
  const {plain = false, force = false, unchecked = false, json = false} = values;
  const {out = command === 'convert' ? 'converted' : 'pruned'} = values;
  const options = {path, sparsity: 0, values: 'float32' as const, out, plain, force, unchecked, json};
  if (values.help || command === undefined || command === 'help') {
    return {...options, command: 'help'};
  }
  if (!isCommand(command)) {
    throw new UsageError(`unknown command "${command}"; the commands are report, prune and convert`);
  }
  if (path === undefined || more.length > 0) {
    throw new UsageError(`${command} takes one model, got ${path === undefined ? 'none' : more.length + 1}`);
  }
  const extra = Object.keys(values).find((key) => !takes[command].includes(key));
  if (extra !== undefined) {
    throw new UsageError(`${command} has no option --${extra}`);
  }
  if (out === '') {
    throw new UsageError('--out must be a folder, got nothing; use "." for the current one');
  }
  const sparsity = command === 'prune' ? shareOf(values.sparsity) : 0;
  return {...options, command, sparsity, values: valuesOf(values.values)};
}

const isCommand = (name: string): name is keyof typeof takes => Object.hasOwn(takes, name);

function parsed(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        sparsity: {type: 'string'},
        values: {type: 'string'},
        out: {type: 'string', short: 'o'},
        plain: {type: 'boolean'},
        force: {type: 'boolean'},
        unchecked: {type: 'boolean'},
        json: {type: 'boolean'},
        help: {type: 'boolean', short: 'h'},
      },
    });
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
