import type {NamedFile} from './protocol';

/** A file with a text. */
export function textFile(name: string, text: string): NamedFile {
  return {name, bytes: new TextEncoder().encode(text).buffer};
}
