import {make} from './dom';
import type {NamedFile} from './protocol';

/** Offers a file as a download. */
export function save({name, bytes}: NamedFile): void {
  const url = URL.createObjectURL(new Blob([bytes]));
  make('a', {href: url, download: name}).click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
