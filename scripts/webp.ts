// Makes an animated WebP from screenshots of Chromium: https://developers.google.com/speed/webp/docs/riff_container

/** A still as a WebP file, and its duration in milliseconds. */
export interface Frame {
  readonly still: Buffer;
  readonly duration: number;
}

const ANIMATION = 0x02;
/** The flag for frames that replace the previous one without blending. */
const OPAQUE = 0x02;

/** An endless animation of frames of one size. */
export function animation(frames: readonly Frame[], width: number, height: number): Buffer {
  const extended = Buffer.alloc(10);
  extended[0] = ANIMATION;
  extended.writeUIntLE(width - 1, 4, 3);
  extended.writeUIntLE(height - 1, 7, 3);
  // Zeros mean a transparent background and endless repetition.
  const loop = Buffer.alloc(6);
  const shown = frames.map(({still, duration}) => {
    const header = Buffer.alloc(16);
    header.writeUIntLE(width - 1, 6, 3);
    header.writeUIntLE(height - 1, 9, 3);
    header.writeUIntLE(Math.round(duration), 12, 3);
    header[15] = OPAQUE;
    return chunk('ANMF', Buffer.concat([header, pixelsOf(still)]));
  });
  const body = Buffer.concat([Buffer.from('WEBP'), chunk('VP8X', extended), chunk('ANIM', loop), ...shown]);
  return chunk('RIFF', body);
}

/** The chunk of a still with its pixels. */
function pixelsOf(still: Buffer): Buffer {
  for (let at = 12; at < still.length; ) {
    const name = still.toString('latin1', at, at + 4);
    const end = at + 8 + still.readUInt32LE(at + 4);
    if (name === 'VP8 ' || name === 'VP8L') {
      return chunk(name, still.subarray(at + 8, end));
    }
    at = end + (end % 2);
  }
  throw new Error('animation: a still is not a WebP file');
}

/** A chunk: name, length, and data padded to an even length. */
function chunk(name: string, data: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.write(name, 'latin1');
  header.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, data, Buffer.alloc(data.length % 2)]);
}
