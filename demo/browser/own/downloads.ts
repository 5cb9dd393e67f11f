import {parts} from 'virtual:own-page';
import {textFile} from '../textFile';
import {onePage} from '../worker/onePage';

/** A shipped network, and the names of its classes. */
export interface Download {
  readonly module: string;
  readonly names: readonly string[];
  /** Of the module, gzipped. */
  readonly bytes: number;
}

/** The files of a shipped network. */
export const downloads = {
  module: ({module, names}: Download) => textFile('network.js', named(module, names)),
  page: async ({module, names}: Download) =>
    textFile('network.html', await onePage(parts, named(module, names), 'predict, names')),
};

/** The module with the names of its classes, which cannot end the script of a page. */
function named(module: string, names: readonly string[]): string {
  return `${module}\nexport const names = ${JSON.stringify(names).replaceAll('<', '\\u003c')};\n`;
}
