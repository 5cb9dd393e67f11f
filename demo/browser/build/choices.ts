import {fileURLToPath} from 'node:url';
import type {Plugin} from 'vite';
import {calls, catalog, type Entry, type Family, families} from '../../../scripts/catalog';

/** What the page shows of a choice. */
export interface Choice {
  /** The call, as `magnitude({p: 2})`, which also names it. */
  readonly text: string;
  readonly summary: string;
  readonly formula: string;
  /** What it has to see beside the weight, as `gradients`; often ''. */
  readonly data: string;
}

const library = fileURLToPath(new URL('../../../src/index.ts', import.meta.url));

/**
 * Two modules made of the library's own lists: `virtual:choices`, what the page shows, and `virtual:makers`, the code
 * behind each choice. A text out of an address is looked up there, and never run.
 */
export function choices(): Plugin {
  const modules: Record<string, () => string> = {
    'virtual:choices': () => `export const choices = ${JSON.stringify(offered(), null, 1)};`,
    'virtual:makers': makers,
  };
  return {
    name: 'choices',
    resolveId: (id) => (id in modules ? `\0${id}` : undefined),
    load: (id) => modules[id.slice(1)]?.(),
  };
}

function offered(): Record<Family, Choice[]> {
  const choicesOf = (family: Family) =>
    catalog(family).flatMap((entry) =>
      offers(family, entry).map(({text}) => {
        const {summary, formula, data} = entry;
        return {text, summary, formula, data: data === 'none' ? '' : data};
      }),
    );
  return Object.fromEntries(families.map((family) => [family, choicesOf(family)])) as Record<
    Family,
    Choice[]
  >;
}

/** A function of the target for each schedule; of nothing for the others. */
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

/** What to offer of an entry, by what a reader sees and by the code that makes it. */
function offers(family: Family, entry: Entry): {text: string; code: string}[] {
  if (family === 'schedule') {
    return [{text: entry.name, code: `${entry.name}(${towards(entry.takes)})`}];
  }
  return calls(entry).map((text) => ({text, code: text}));
}

/** The target as a schedule takes it: as an end of a ramp, as a value, or as the last of some. */
function towards(takes: string): string {
  if (takes.includes('[]')) {
    return '[to / 2, to * 0.8, to]';
  }
  return takes === 'number' ? 'to' : '{to}';
}
