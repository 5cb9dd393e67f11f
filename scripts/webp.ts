// Animated WebP out of stills, as Chromium takes them: https://developers.google.com/speed/webp/docs/riff_container

/** A still as a WebP file, and how long it is shown, in milliseconds. */
export interface Frame {
  readonly still: Buffer;
  readonly duration: number;
}

const ANIMATION = 0x02;
/** A frame replaces what was there, and is not blended with it. */
const OPAQUE = 0x02;

/** One file that shows frames of one size after each other, over and over. */
export function animation(frames: readonly Frame[], width: number, height: number): Buffer {
  const extended = Buffer.alloc(10);
  extended[0] = ANIMATION;
  extended.writeUIntLE(width - 1, 4, 3);
  extended.writeUIntLE(height - 1, 7, 3);
  // A background of no colour, and no end of the repetitions.
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

/** The chunk of a still that holds its pixels. */
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

/** A name, a length, and data, made even. */
function chunk(name: string, data: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.write(name, 'latin1');
  header.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, data, Buffer.alloc(data.length % 2)]);
}
