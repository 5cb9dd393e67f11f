import type {io} from '@tensorflow/tfjs-core';
import {crc32} from '../crc32';
import {DICTIONARY} from '../dictionary';
import {DEFLATED, LARGEST_HEAD, lengthFor, MAGIC, SUMMED, VERSION, WITH_DICTIONARY} from '../format';
import {assertEncodeOptions, type EncodeOptions} from '../options';
import {deflate} from './deflate';
import {deflateWith} from './deflateWith';
import {stripped} from './stripped';
import {writeTensor} from './tensor';
import {tensorsOf} from './tensors';
import {Writer} from './Writer';

/** Writes the sparse file of a saved model for the function `who`, as `encodeArtifacts` describes. */
export async function encodeFile(
  who: string,
  artifacts: io.ModelArtifacts,
  options: EncodeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  assertEncodeOptions(who, options);
  const stored = tensorsOf(who, artifacts);
  const {weightData: _, getWeightStream: __, weightSpecs: ___, ...rest} = artifacts;
  if (rest.modelTopology instanceof ArrayBuffer) {
    throw new Error(`${who}: the topology is binary; convert the model to one with a JSON topology`);
  }
  const [modelTopology, tensors] = stripped(who, rest.modelTopology, stored);
  const sections = new Writer();
  const written = tensors.map((tensor) => writeTensor(who, sections, tensor, options));
  const weightBytes = written.reduce((sum, {byteLength}) => sum + byteLength, 0);
  const weightSpecs = written.map(({spec}) => spec);
  const head = new TextEncoder().encode(JSON.stringify({...rest, modelTopology, weightSpecs, weightBytes}));
  if (head.length > LARGEST_HEAD) {
    throw new Error(
      `${who}: the topology takes ${head.length} bytes, more than ${LARGEST_HEAD}; split the model`,
    );
  }
  const writer = new Writer();
  writer.add(new Uint8Array(SUMMED));
  await writeHead(writer, head);
  writer.append(sections);
  return sealed(who, writer, weightBytes);
}

/** The maximum bytes of a head for which matches are searched in the dictionary; longer heads repeat themselves enough. */
const SHORT = 2 ** 12;

async function writeHead(writer: Writer, head: Uint8Array<ArrayBuffer>): Promise<void> {
  const plain = await deflate(head);
  const referring = head.length <= SHORT ? deflateWith(new TextEncoder().encode(DICTIONARY), head) : plain;
  const isShorter = referring.length < plain.length;
  const deflated = isShorter ? referring : plain;
  writer.u8(isShorter ? WITH_DICTIONARY : DEFLATED);
  writer.u32(head.length);
  writer.u32(deflated.length);
  writer.add(deflated);
}

/** Writes the header, and pads the file with zeros to the minimum length for its weights. */
function sealed(who: string, writer: Writer, weightBytes: number): Uint8Array<ArrayBuffer> {
  const length = Math.max(writer.length, lengthFor(weightBytes));
  if (length >= 2 ** 32) {
    throw new Error(`${who}: the file would take ${length} bytes, more than 4 GB; split the model`);
  }
  const file = writer.join(length);
  const header = new DataView(file.buffer);
  const sum = crc32(file.subarray(SUMMED));
  for (const [i, value] of [MAGIC, VERSION, length, sum].entries()) {
    header.setUint32(4 * i, value, true);
  }
  return file;
}
