import {byId, make} from '../dom';
import {type Format, formats} from '../formats';
import type {NamedFile} from '../protocol';
import {save} from '../save';

/** The download buttons, and the field that loads files. */
export function files(
  download: (format: Format) => Promise<NamedFile[]>,
  load: (files: NamedFile[]) => Promise<void>,
): void {
  byId('downloads').replaceChildren(
    ...(Object.entries(formats) as [Format, string][]).map(([name, label]) => {
      const button = make('button', {type: 'button', id: `download-${name}`}, label);
      button.addEventListener('click', async () => {
        for (const file of await download(name)) save(file);
      });
      return button;
    }),
  );
  const input = byId<HTMLInputElement>('load');
  input.onchange = async () => {
    const chosen = [...(input.files ?? [])];
    const read = await Promise.all(
      chosen.map(async (file) => ({name: file.name, bytes: await file.arrayBuffer()})),
    );
    // Allows choosing the same files again.
    input.value = '';
    await load(read);
  };
}

/** Enables or disables loading models. */
export function enableLoading(enabled: boolean): void {
  byId<HTMLInputElement>('load').disabled = !enabled;
}
