import {fileURLToPath} from 'node:url';
import type {Plugin} from 'vite';
import {calls, catalog, type Entry, type Family, families} from '../../../scripts/catalog';

/** The fields of a choice that the page shows. */
export interface Choice {
  /** The call, such as `magnitude({p: 2})`, which is also its name. */
  readonly text: string;
  readonly summary: string;
  readonly formula: string;
  /** Data it needs beside the weight, such as `gradients`; often ''. */
  readonly data: string;
}

const library = fileURLToPath(new URL('../../../src/index.ts', import.meta.url));

/**
 * Modules generated from the library's own lists: `virtual:choices`, the choices on the page, `virtual:explanations`, their
 * summaries, and `virtual:makers`, their code. Text from an address is only looked up in them, never run.
 */
export function choices(): Plugin {
  const modules: Record<string, () => string> = {
    'virtual:choices': () => `export const choices = ${JSON.stringify(offered(({text}) => text))};`,
    'virtual:explanations': () =>
      `export const explanations = ${JSON.stringify(offered((choice) => choice))};`,
    'virtual:makers': makers,
  };
  return {
    name: 'choices',
    resolveId: (id) => (id in modules ? `\0${id}` : undefined),
    load: (id) => modules[id.slice(1)]?.(),
  };
}

function offered<Shown>(show: (choice: Choice) => Shown): Record<Family, Shown[]> {
  const choicesOf = (family: Family) =>
    catalog(family).flatMap((entry) =>
      offers(family, entry).map(({text}) => {
        const {summary, formula, data} = entry;
        return show({text, summary, formula, data: data === 'none' ? '' : data});
      }),
    );
  return Object.fromEntries(families.map((family) => [family, choicesOf(family)])) as Record<Family, Shown[]>;
}

/** A function of the target for each schedule; without parameters for the others. */
function makers(): string {
  const lines = families.map((family) => {
    const made = catalog(family).flatMap((entry) => offers(family, entry));
    return `  ${family}: {${made.map(({text, code}) => `${JSON.stringify(text)}: (to) => ${code}`).join(', ')}},`;
  });
  const names = families.flatMap((family) => catalog(family)).map(({name}) => name);
  return [
    `import {${names.join(', ')}} from ${JSON.stringify(library)};`,
    'export const makers = {',
    ...lines,
    '};',
  ].join('\n');
}

/** The choices of an entry: the text that is shown, and its code. */
function offers(family: Family, entry: Entry): {text: string; code: string}[] {
  if (family === 'schedule') {
    return [{text: entry.name, code: `${entry.name}(${towards(entry.takes)})`}];
  }
  return calls(entry).map((text) => ({text, code: text}));
}

/** The target as argument of a schedule: the end of a ramp, a value, or the last of a list. */
function towards(takes: string): string {
  if (takes.includes('[]')) {
    return '[to / 2, to * 0.8, to]';
  }
  return takes === 'number' ? 'to' : '{to}';
}
