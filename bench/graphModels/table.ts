import {join} from 'node:path';
import {markdown, NONE, whole} from '../page/markdown';
import type {Difference, Measured} from './measure';
import {withSection} from './section';

/** The results of `npm run bench:graph`, relative to the folder of the package. */
export const resultsFile = join('bench', 'graphModels', 'results.json');

interface Named {
  readonly name: string;
  /** The package with its version. */
  readonly from: string;
  /** The type of the weights in the file. */
  readonly values: string;
}

export type Result = Named & (Measured | {readonly failure: string});

const isConverted = (result: Result): result is Named & Measured => 'layers' in result;

const columns = [
  'model',
  'weights',
  'layers',
  'parameters',
  'not converted',
  'outputs',
  'loss',
  'pruned',
  'file',
];
const steps = ['compacted', 'sparsified', 'decoded', 'loaded', 'ran', 'shipped'] as const;

/** The section of docs/graph-models.md on published models. */
export function modelsSection(results: readonly Result[]): string {
  const packages = [...new Set(results.map(({from}) => from))];
  const converted = results.filter(isConverted);
  const complete = converted.filter(({outside}) => outside.length === 0);
  const summary =
    `${converted.length} of ${results.length} models ${converted.length === 1 ? 'is' : 'are'} converted, ` +
    `${complete.length} of them whole.`;
  return [summary]
    .concat(
      packages.flatMap((name) => {
        const some = results.filter(({from}) => from === name);
        const rows = some.map((result) => (isConverted(result) ? cells(result) : missing(result)));
        return [`\`${name}\`:`, markdown([[...columns, 'computed'], ...rows])];
      }),
    )
    .concat(failures(results))
    .join('\n\n');
}

const missing = ({name, values}: Result): string[] => [
  ...[name, values, NONE, NONE, 'all of it'],
  ...[NONE, NONE, NONE, NONE, NONE],
];

function cells({name, values, layers, parameters, outside, ...result}: Named & Measured): string[] {
  const {losses, remaining, file, on} = result;
  return [
    ...[name, values, whole(layers), whole(parameters), outside.join(', ') || NONE],
    power(Math.max(result.difference, result.differenceOfTwo)) + (on === 'node' ? ' *' : ''),
    typeof losses === 'string' ? 'fails' : (losses[1] / losses[0]).toPrecision(3),
    ...[percent(remaining), percent(file)],
    largest(steps.map((step) => result[step])),
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A difference, rounded up to a power of ten. */
const power = (difference: number): string =>
  difference === 0 ? '0' : `1e${Math.ceil(Math.log10(difference))}`;

function largest(differences: readonly Difference[]): string {
  const numbers = differences.filter((one) => typeof one === 'number');
  const count = differences.length - numbers.length;
  return power(Math.max(...numbers)) + (count > 0 ? `, ${count} ${count === 1 ? 'fails' : 'fail'}` : '');
}

/** The steps that fail, with the messages of their errors. */
function failures(results: readonly Result[]): string[] {
  const lines = results.flatMap((result) => {
    if (!isConverted(result)) return [`- ${result.name} is not measured: ${result.failure}`];
    const failed = (['losses', ...steps] as const).flatMap((step) =>
      typeof result[step] === 'string' ? [`- ${result.name}, ${step}: ${result[step]}`] : [],
    );
    return failed;
  });
  return lines.length > 0 ? [`Steps that fail:\n\n${lines.join('\n')}`] : ['No step fails.'];
}

/** A page with the section on published models renewed. */
export const withModels = (page: string, results: readonly Result[]): string =>
  withSection(page, 'models', modelsSection(results));
