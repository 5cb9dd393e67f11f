import {type Shard, SIZE} from './shards';

/** Digits as bytes: a label and 784 pixels each. */
export interface Digits {
  readonly labels: Uint8Array;
  readonly pixels: Uint8Array;
}

/** The digits of a file beside the page. */
export async function readDigits(base: string, {file, count}: Shard): Promise<Digits> {
  // The page and its worker read the same files.
  const answer = await fetch(new URL(file, base), {cache: 'force-cache'});
  if (!answer.ok || answer.body === null) {
    throw new Error(
      `The digits could not be loaded: ${file} answers ${answer.status}. Reload the page to try again.`,
    );
  }
  const bytes = await unzipped(await answer.arrayBuffer());
  if (bytes.length !== count * (1 + SIZE)) {
    throw new Error(`The digits in ${file} are damaged. Reload the page to try again.`);
  }
  return {labels: bytes.subarray(0, count), pixels: bytes.subarray(count)};
}

/** The content of a gzipped file. */
export async function unzipped(packed: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
