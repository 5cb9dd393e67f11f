import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** A scalar written for TensorBoard. */
export interface Scalar {
  readonly name: string;
  readonly step: number;
  readonly value: number;
}

/** The scalars in the event files of a folder, in order; a file is a list of records with one Event each. */
export function scalarsIn(folder: string): Scalar[] {
  const names = readdirSync(folder).filter((name) => name.includes('tfevents'));
  return names.sort().flatMap((name) => records(readFileSync(join(folder, name))).flatMap(scalarsOf));
}

/** A TFRecord: its length in 8 bytes, 4 of checksum, the data, 4 of checksum. */
function records(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  while (at < file.length) {
    const length = Number(file.readBigUInt64LE(at));
    found.push(file.subarray(at + 12, at + 12 + length));
    at += 12 + length + 4;
  }
  return found;
}

/** Event {2: step, 5: Summary {1: Value {1: tag, 2: simple value, 8: Tensor {4: bytes, 5: floats}}}} */
function scalarsOf(event: Buffer): Scalar[] {
  const {2: [step] = [0], 5: summaries = []} = fieldsOf(event);
  const values = (summaries as Buffer[]).flatMap((summary) => (fieldsOf(summary)[1] ?? []) as Buffer[]);
  return values.map((bytes) => {
    const {1: tag, 2: simple, 8: tensor} = fieldsOf(bytes) as Record<number, Buffer[]>;
    const {4: content, 5: floats} = (tensor ? fieldsOf(tensor[0]) : {}) as Record<number, Buffer[]>;
    const [value] = simple ?? floats ?? content;
    return {name: `${tag[0]}`, step: step as number, value: value.readFloatLE(0)};
  });
}

/** The fields of a protobuf message by number: integers, or the bytes of other values. */
function fieldsOf(message: Buffer): Record<number, (number | Buffer)[]> {
  const fields: Record<number, (number | Buffer)[]> = {};
  let at = 0;
  const varint = () => {
    let [value, scale] = [0, 1];
    for (; message[at] & 0x80; scale *= 128) value += (message[at++] & 0x7f) * scale;
    return value + message[at++] * scale;
  };
  while (at < message.length) {
    const key = varint();
    const [field, type] = [key >> 3, key & 7];
    const size = () => ({1: 8, 2: 0, 5: 4})[type] || varint();
    const length = type === 0 ? 0 : size();
    fields[field] = [...(fields[field] ?? []), type === 0 ? varint() : message.subarray(at, at + length)];
    at += length;
  }
  return fields;
}
