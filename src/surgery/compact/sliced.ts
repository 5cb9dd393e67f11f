/** The elements at some places along some axes, as a copy. */
export function sliced(
  values: Float32Array,
  shape: readonly number[],
  places: ReadonlyMap<number, number[]>,
): Float32Array {
  let [result, inner] = [values, 1];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const kept = places.get(axis);
    if (kept !== undefined && kept.length < shape[axis]) {
      result = slicedAlong(result, shape[axis], inner, kept);
    }
    inner *= kept?.length ?? shape[axis];
  }
  return result === values ? values.slice() : result;
}

/** @param inner How many elements there are at a place of the axes after it. */
function slicedAlong(values: Float32Array, size: number, inner: number, kept: number[]): Float32Array {
  const outer = values.length / (size * inner);
  const result = new Float32Array(outer * kept.length * inner);
  for (let o = 0, to = 0; o < outer; o++) {
    for (let i = 0; i < kept.length; i++, to += inner) {
      const start = (o * size + kept[i]) * inner;
      if (inner === 1) result[to] = values[start];
      else result.set(values.subarray(start, start + inner), to);
    }
  }
  return result;
}
