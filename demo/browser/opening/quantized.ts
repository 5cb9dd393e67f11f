import * as tf from '@tensorflow/tfjs';

const LEVELS = 255;

/**
 * Quantizes weights to one byte each, in the format of tfjs: weight = byte · scale + min. 0 is one of the levels, so that
 * zeros stay exact.
 */
export function quantized(handler: tf.io.IOHandler): tf.io.IOHandler {
  return {
    save: async (artifacts) => {
      const {weightSpecs = [], weightData = []} = artifacts;
      const all = new Float32Array(tf.io.CompositeArrayBuffer.join([weightData].flat()));
      const bytes = new Uint8Array(all.length);
      let at = 0;
      const specs = weightSpecs.map((spec) => {
        const values = all.subarray(at, at + tf.util.sizeFromShape(spec.shape));
        const lowest = Math.min(
          0,
          values.reduce((least, value) => Math.min(least, value)),
        );
        const highest = Math.max(
          0,
          values.reduce((most, value) => Math.max(most, value)),
        );
        const scale = (highest - lowest) / LEVELS || 1;
        const min = Math.round(lowest / scale) * scale;
        values.forEach((value, i) => {
          bytes[at + i] = Math.max(0, Math.min(LEVELS, Math.round((value - min) / scale)));
        });
        at += values.length;
        return {...spec, quantization: {dtype: 'uint8' as const, scale, min}};
      });
      return (handler.save as tf.io.SaveHandler)({
        ...artifacts,
        weightSpecs: specs,
        weightData: bytes.buffer,
      });
    },
  };
}
