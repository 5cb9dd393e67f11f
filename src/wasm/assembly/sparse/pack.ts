/**
 * Turns pixels into planes: [pixel, channel] becomes [channel, pixel].
 *
 * @param from Pixels of `channels` floats, `step` bytes apart.
 * @param to The place of the first pixel in the first plane; the next pixel is beside it, the next plane `plane` bytes on.
 */
export function pack(from: usize, step: usize, pixels: i32, channels: i32, to: usize, plane: usize): void {
  const end = <usize>channels << 2;
  for (; pixels >= 4; pixels -= 4, to += 16) {
    const second = from + step, third = second + step, fourth = third + step;
    let place = to;
    let c: usize = 0;
    for (; c + 16 <= end; c += 16, place += plane << 2) {
      const a = v128.load(from + c), b = v128.load(second + c), d = v128.load(third + c), e = v128.load(fourth + c);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const de = v128.shuffle<f32>(d, e, 0, 4, 1, 5), DE = v128.shuffle<f32>(d, e, 2, 6, 3, 7);
      v128.store(place, v128.shuffle<f32>(ab, de, 0, 1, 4, 5));
      v128.store(place + plane, v128.shuffle<f32>(ab, de, 2, 3, 6, 7));
      v128.store(place + 2 * plane, v128.shuffle<f32>(AB, DE, 0, 1, 4, 5));
      v128.store(place + 3 * plane, v128.shuffle<f32>(AB, DE, 2, 3, 6, 7));
    }
    for (; c < end; c += 4, place += plane) {
      store<f32>(place, load<f32>(from + c));
      store<f32>(place, load<f32>(second + c), 4);
      store<f32>(place, load<f32>(third + c), 8);
      store<f32>(place, load<f32>(fourth + c), 12);
    }
    from = fourth + step;
  }
  for (; pixels > 0; pixels--, from += step, to += 4) {
    let place = to;
    for (let c: usize = 0; c < end; c += 4, place += plane) store<f32>(place, load<f32>(from + c));
  }
}

/**
 * Turns 16 pixels of `channels` planes of 64 bytes back.
 *
 * @param places The addresses of the 16 pixels.
 */
export function unpack(from: usize, channels: i32, places: usize): void {
  const end = <usize>channels << 2;
  for (let r: usize = 0; r < 64; r += 16) {
    const first = load<u32>(places + r), second = load<u32>(places + r, 4);
    const third = load<u32>(places + r, 8), fourth = load<u32>(places + r, 12);
    let place = from + r;
    let c: usize = 0;
    for (; c + 16 <= end; c += 16, place += 256) {
      const a = v128.load(place), b = v128.load(place, 64), d = v128.load(place, 128), e = v128.load(place, 192);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const de = v128.shuffle<f32>(d, e, 0, 4, 1, 5), DE = v128.shuffle<f32>(d, e, 2, 6, 3, 7);
      v128.store(first + c, v128.shuffle<f32>(ab, de, 0, 1, 4, 5));
      v128.store(second + c, v128.shuffle<f32>(ab, de, 2, 3, 6, 7));
      v128.store(third + c, v128.shuffle<f32>(AB, DE, 0, 1, 4, 5));
      v128.store(fourth + c, v128.shuffle<f32>(AB, DE, 2, 3, 6, 7));
    }
    for (; c < end; c += 4, place += 64) {
      store<f32>(first + c, load<f32>(place));
      store<f32>(second + c, load<f32>(place, 4));
      store<f32>(third + c, load<f32>(place, 8));
      store<f32>(fourth + c, load<f32>(place, 12));
    }
  }
}
