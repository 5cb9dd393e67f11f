import type {io} from '@tensorflow/tfjs-core';
import {size} from '../../model/axes';
import {DICTIONARY} from '../dictionary';
import {DEFLATED, WITH_DICTIONARY} from '../format';
import {inflate} from './inflate';
import {damaged, type Reader} from './Reader';

/** The fields of model artifacts other than weights. */
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

/** @param budget The maximum bytes of the weights. */
export async function readHead(reader: Reader, budget: number): Promise<Head> {
  const [form, length] = [reader.u8(), reader.u32()];
  if (form !== DEFLATED && form !== WITH_DICTIONARY) {
    throw damaged(`its head is of the unknown form ${form}`);
  }
  const dictionary = new TextEncoder().encode(form === WITH_DICTIONARY ? DICTIONARY : '');
  const inflated = await inflate(reader.take(reader.u32()), length, dictionary);
  const head = parse(new TextDecoder().decode(inflated));
  const {weightSpecs, weightBytes} = head;
  if (!Array.isArray(weightSpecs) || !Number.isSafeInteger(weightBytes) || weightBytes < 0) {
    throw damaged('its head has no weightSpecs and weightBytes');
  }
  if (weightBytes > budget) {
    throw damaged(`it declares ${weightBytes} bytes of weights, and may hold at most ${budget}`);
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
      // Code that copies such a key by assignment would change a prototype.
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
  // Counts lengths of 0 as 1, so that no partial product is too large.
  const elements = isShape && size(shape.map((length) => Math.max(1, length)));
  if (typeof name !== 'string' || name === '__proto__' || !DTYPES.includes(dtype) || elements === false) {
    throw damaged(`a weight has the bad spec ${JSON.stringify(spec)}`);
  }
  if (elements > budget) {
    throw damaged(`"${name}" has the shape [${shape}], which exceeds the limit of the file`);
  }
}
