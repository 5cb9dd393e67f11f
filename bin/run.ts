// So that masked models can be read.
import 'tfjs-pruning/layers';
import {encodeArtifacts, pruneArtifacts, reportArtifacts} from 'tfjs-pruning';
import {readModel, write, writePlain} from './modelFiles';
import {HELP, type Options, parseOptions, UsageError} from './options';

/** What goes to the two outputs, and the exit code. */
export interface Outcome {
  readonly code: 0 | 1 | 2;
  readonly out: string;
  readonly error: string;
}

export async function run(argv: string[]): Promise<Outcome> {
  try {
    const options = parseOptions(argv);
    return {code: 0, out: await commands[options.command](options), error: ''};
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const hint = isUsage ? '; npx tfjs-pruning --help tells more' : '';
    return {
      code: isUsage ? 2 : 1,
      out: '',
      error: `tfjs-pruning: ${(error as Error).message}${hint}`,
    };
  }
}

const commands: Record<Options['command'], (options: Options) => Promise<string>> = {
  help: async () => HELP,
  report: async ({path, json}) => {
    const report = reportArtifacts(await readModel(path));
    return json ? JSON.stringify(report) : report.toString();
  },
  prune: async ({path, sparsity, values, out, plain, json}) => {
    const artifacts = await readModel(path);
    const pruned = pruneArtifacts(artifacts, sparsity);
    const [before, after] = [reportArtifacts(artifacts), reportArtifacts(pruned)];
    const bytes = await encodeArtifacts(pruned, {values});
    const files = [write(out, 'model.tfsp', bytes), ...(plain ? writePlain(out, pruned) : [])];
    const times = before.bytes / bytes.length;
    if (json) {
      return JSON.stringify({before, after, fileBytes: bytes.length, times, files});
    }
    return [
      `Before\n${before}`,
      `After\n${after}`,
      `Wrote ${files.join(', ')}: model.tfsp takes ${bytes.length.toLocaleString('en')} bytes with the topology, ` +
        `${times.toFixed(1)} times smaller than the weights before`,
    ].join('\n\n');
  },
};
