import {BYTES, CHANNELS, SIDE} from './protocol';

const canvas = document.createElement('canvas');
canvas.width = canvas.height = SIDE;
const context = canvas.getContext('2d', {willReadFrequently: true}) as CanvasRenderingContext2D;

/** The middle square of a picture as the bytes of an image. */
export function imageOf(source: HTMLVideoElement | ImageBitmap): Uint8Array {
  const [width, height] =
    source instanceof HTMLVideoElement
      ? [source.videoWidth, source.videoHeight]
      : [source.width, source.height];
  const side = Math.min(width, height);
  context.imageSmoothingQuality = 'high';
  context.fillStyle = 'white';
  context.fillRect(0, 0, SIDE, SIDE);
  context.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  const {data} = context.getImageData(0, 0, SIDE, SIDE);
  return Uint8Array.from({length: BYTES}, (_, i) => data[Math.floor(i / CHANNELS) * 4 + (i % CHANNELS)]);
}

/** @throws if the browser cannot read the file as an image. */
export async function imageIn(file: File): Promise<Uint8Array> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new Error(
      `${file.name} is not an image that this browser can read. Choose PNG, JPEG or WebP files.`,
    );
  }
  const image = imageOf(picture);
  picture.close();
  return image;
}

/** Draws an image at a column of a canvas. */
export function paint(image: Uint8Array, on: HTMLCanvasElement, column = 0): void {
  const data = new ImageData(SIDE, SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) {
    data.data.set(image.subarray(i * CHANNELS, (i + 1) * CHANNELS), i * 4);
    data.data[i * 4 + 3] = 255;
  }
  on.getContext('2d')?.putImageData(data, column * SIDE, 0);
}

/** The values from 0 to 1 that a shipped network takes. */
export function valuesOf(image: Uint8Array): Float32Array {
  return Float32Array.from(image, (byte) => byte / 255);
}
