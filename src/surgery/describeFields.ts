import {layers} from '@tensorflow/tfjs-layers';
import type {Layer} from '../model/tfjs';

class Any extends layers.Layer {}

/** The comparable fields and the configuration of a custom layer, as texts. */
export function describeFields(layer: Layer): Map<string, string> {
  // Fields that every layer has do not differ.
  const usual = new Set(Object.keys(new Any({name: 'any', batchInputShape: [1], weights: []})));
  const own = Object.entries(layer).filter(([field]) => !usual.has(field));
  const fields = own.map(([field, value]) => [`field "${field}"`, textOf(value)] as const);
  return new Map([...fields, ['configuration', textOf(layer.getConfig())]]);
}

/** tfjs numbers the names of copies, and classes differ if one has masks. */
const CHANGING = ['name', 'className'];

function textOf(value: unknown, depth = 0): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object') return `${typeof value} ${String(value)}`;
  if (ArrayBuffer.isView(value)) return `[${Array.from(value as Uint8Array)}]`;
  if (depth > 4) return 'more';
  if (Array.isArray(value)) return `[${value.map((item) => textOf(item, depth + 1))}]`;
  if (Object.getPrototypeOf(Object.getPrototypeOf(value) ?? {}) !== null) return 'an object';
  const entries = Object.entries(value).filter(([key]) => !CHANGING.includes(key));
  return `{${entries.map(([key, item]) => `${key}: ${textOf(item, depth + 1)}`)}}`;
}
