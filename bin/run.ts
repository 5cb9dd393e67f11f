// Registers the layers of masked models and those of converted graph models.
import 'tfjs-pruning/layers';
import 'tfjs-pruning/graph';
import {pruneArtifacts} from 'tfjs-pruning';
import {decodeArtifacts, encodeArtifacts, reportArtifacts} from 'tfjs-pruning/storage';
import {HELP} from './help';
import {readModel} from './modelFiles';
import {type Options, parseOptions, UsageError} from './options';
import {rewrite} from './rewrite';
import {shipping} from './shipping';
import {isGraph, toLayers} from './toLayers';

/** The text for stdout and stderr, and the exit code. */
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
    const hint = isUsage ? '; see npx tfjs-pruning --help' : '';
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
    const report = reportArtifacts((await readModel(path)).artifacts);
    return json ? JSON.stringify(report) : report.toString();
  },
  prune: (options) =>
    rewrite(options, (artifacts) => ({artifacts: pruneArtifacts(artifacts, options.sparsity)})),
  convert: (options) =>
    rewrite(options, async (artifacts) =>
      isGraph(artifacts)
        ? toLayers(artifacts, options.conversion)
        : // Encoding replaces masked layers by plain ones.
          {artifacts: await decodeArtifacts(await encodeArtifacts(artifacts))},
    ),
  ship: shipping,
};
