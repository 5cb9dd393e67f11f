import type {io} from '@tensorflow/tfjs-core';
import {inflate} from './inflate';
import {damaged, type Reader} from './Reader';

/** What there is of a model beside its weights. */
const KEYS = [
  'modelTopology',
  'format',
  'generatedBy',
  'convertedBy',
  'trainingConfig',
  'userDefinedMetadata',
  'signature',
  'modelInitializer',
  'initializerSignature',
];

interface Head extends io.ModelArtifacts {
  weightSpecs: io.WeightsManifestEntry[];
  weightBytes: number;
}

/** @param budget The most bytes that weights may take. */
export async function readHead(reader: Reader, budget: number): Promise<Head> {
  const length = reader.u32();
  const text = new TextDecoder().decode(await inflate(reader.take(reader.u32()), length));
  const head = parse(text);
  const {weightSpecs, weightBytes} = head;
  if (!Array.isArray(weightSpecs) || !Number.isSafeInteger(weightBytes) || weightBytes < 0) {
    throw damaged('its head has no weightSpecs and weightBytes');
  }
  if (weightBytes > budget) {
    throw damaged(`it says that its weights take ${weightBytes} bytes, and may hold ${budget}`);
  }
  for (const spec of weightSpecs) {
    assertSpec(spec, budget);
  }
  const known = Object.entries(head).filter(([key]) => KEYS.includes(key));
  return {...(Object.fromEntries(known) as io.ModelArtifacts), weightSpecs, weightBytes};
}

function parse(text: string): Head {
  try {
    const head = JSON.parse(text, (key, value) => {
      // Whoever copies such a key by assignment changes a prototype.
      if (key === '__proto__') {
        throw new Error('it has the key "__proto__"');
      }
      return value;
    });
    return Object(head);
  } catch (cause) {
    throw damaged(`its head is not JSON (${(cause as Error).message})`);
  }
}

const DTYPES = ['float32', 'int32', 'bool', 'string', 'complex64'];

function assertSpec(spec: io.WeightsManifestEntry, budget: number): void {
  const {name, shape, dtype} = Object(spec) as io.WeightsManifestEntry;
  const isLength = (length: unknown) => Number.isInteger(length) && (length as number) >= 0;
  const isShape = Array.isArray(shape) && shape.every(isLength);
  // Without lengths of 0, so that no product of some of them is too large.
  const size = isShape && shape.reduce((product, length) => product * Math.max(1, length), 1);
  if (typeof name !== 'string' || name === '__proto__' || !DTYPES.includes(dtype) || size === false) {
    throw damaged(`what it says of a weight is ${JSON.stringify(spec)}`);
  }
  if (size > budget) {
    throw damaged(`"${name}" has the shape [${shape}], which is more than it may hold`);
  }
}
