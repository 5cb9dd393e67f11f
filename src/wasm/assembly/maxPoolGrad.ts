/**
 * Adds each dy to the first element of its window that equals y.
 *
 * @param x [batch, inHeight, inWidth, channels]
 * @param y [batch, height, width, channels]
 * @param dy [batch, height, width, channels]
 * @param dx [batch, inHeight, inWidth, channels], overwritten.
 */
export function maxPoolGrad(
  x: usize, batch: i32, inHeight: i32, inWidth: i32, channels: i32,
  y: usize, dy: usize, height: i32, width: i32,
  filterHeight: i32, filterWidth: i32, rowStep: i32, columnStep: i32, padTop: i32, padLeft: i32,
  dx: usize,
): void {
  memory.fill(dx, 0, <usize>(batch * inHeight * inWidth * channels) << 2);
  const pixel = <usize>channels << 2;
  const pitch = <usize>inWidth * pixel;
  let at: usize = 0;
  for (let b = 0; b < batch; b++) {
    for (let r = 0; r < height; r++) {
      const top = max(0, r * rowStep - padTop);
      const bottom = min(inHeight, r * rowStep - padTop + filterHeight);
      for (let s = 0; s < width; s++) {
        const left = max(0, s * columnStep - padLeft);
        const right = min(inWidth, s * columnStep - padLeft + filterWidth);
        const high = bottom - top;
        const wide = right - left;
        const corner = <usize>((b * inHeight + top) * inWidth + left) * pixel;
        let c: usize = 0;
        for (; c + 16 <= pixel; c += 16) {
          const most = v128.load(y + at + c);
          const gradient = v128.load(dy + at + c);
          let open = i32x4.splat(-1);
          for (let i = 0, row = corner + c; i < high; i++, row += pitch) {
            for (let j = 0, place = row; j < wide; j++, place += pixel) {
              const hit = v128.and(open, f32x4.eq(v128.load(x + place), most));
              open = v128.andnot(open, hit);
              v128.store(dx + place, f32x4.add(v128.load(dx + place), v128.and(hit, gradient)));
            }
          }
        }
        for (; c < pixel; c += 4) {
          const most = load<f32>(y + at + c);
          let open = true;
          for (let i = 0, row = corner + c; open && i < high; i++, row += pitch) {
            for (let j = 0, place = row; open && j < wide; j++, place += pixel) {
              if (load<f32>(x + place) != most) continue;
              store<f32>(dx + place, load<f32>(dx + place) + load<f32>(dy + at + c));
              open = false;
            }
          }
        }
        at += pixel;
      }
    }
  }
}
