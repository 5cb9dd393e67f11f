const MOST_FIELDS = 6;

/** Describes a value in an error message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `"${value.length > 80 ? `${value.slice(0, 80)}…` : value}"`;
  if (typeof value === 'function') return value.name === '' ? 'a function' : `a function ${value.name}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${value.byteLength} bytes`;
  const {then, layers, dataId, name, shape} = value as Record<string, unknown>;
  if (typeof then === 'function') return 'a Promise; await it first';
  if (layers !== undefined && typeof name === 'string') return `model "${name}"`;
  if (dataId !== undefined) return `a tensor of shape [${shape}]`;
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an object without properties';
  const more = keys.length - MOST_FIELDS;
  return `an object ${keys.slice(0, MOST_FIELDS).join(', ')}${more > 0 ? ` and ${more} more fields` : ''}`;
}
