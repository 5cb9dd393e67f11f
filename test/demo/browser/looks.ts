import {axeFindings} from '../../support/axe';
import {number, open, type Pages, progress, status} from '../../support/page';

/** Tests of layout, colours, addresses and keyboard. */
export function looks(pages: Pages): void {
  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
    ['light', 320],
  ] as const)(
    'have no finding of axe and no horizontal scrolling, %s and %i wide',
    async (colorScheme, width) => {
      const {page} = await open(pages, '#sparsity=90', {colorScheme, viewport: {width, height: 844}});
      await page.locator('#sizes', {hasText: '2,857'}).waitFor();
      await page.click('#take');
      expect(await axeFindings(page, 'minor')).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      await page.context().close();
    },
    120_000,
  );

  it.each([
    [1280, 800],
    [390, 844],
  ])(
    'show the digit, both answers, the slider and what it changes on the first screen, %i × %i',
    async (width, height) => {
      const {page} = await open(pages, '#sparsity=90', {viewport: {width, height}});
      await page.locator('#answer-pruned', {hasText: '7'}).waitFor();
      await page.locator('#size', {hasText: 'kB'}).waitFor();
      const measured = await page.evaluate(() => {
        const ids = ['pad', 'answer-dense', 'answer-pruned', 'sparsity', 'accuracy', 'size', 'kept'];
        return {
          bottoms: ids.map((id) => document.getElementById(id)?.getBoundingClientRect().bottom ?? Infinity),
          long: document.documentElement.scrollHeight,
        };
      });
      expect(Math.max(...measured.bottoms)).toBeLessThan(height);
      expect(measured.long / height).toBeLessThan(6);

      await page.fill('#sparsity', '99.9');
      await page.locator('#left', {hasText: /^28 of/}).waitFor();
      await page.locator('#answer-pruned', {hasText: /[^7]/}).waitFor();
      expect(await number(page, '#accuracy')).toBeLessThan(50);
      expect(await page.textContent('#answer-dense')).toBe('7');
      await page.context().close();
    },
    120_000,
  );

  it('prune in one step on arrival where motion is reduced', async () => {
    const {page} = await open(pages, '', {reducedMotion: 'reduce'});
    await page.locator('#left', {hasText: /^2,759 of 27,592/}).waitFor();
    await page.locator('#trail', {hasText: '%'}).waitFor();
    expect(await page.inputValue('#sparsity')).toBe('90');
    await page.context().close();
  }, 120_000);

  it('restore all settings from a shared address, and keep the address up to date', async () => {
    const hash =
      '#sparsity=70&against=random&network=lenet5&importance=random&pattern=channel&allocation=uniform&schedule=cosine' +
      '&target=50&penalty=l1&strength=0.001&teacher=trained&bits=5&epochs=7&digits=1500&rate=0.01&seed=12&twin=0';
    const {page} = await open(pages, hash);
    const values = () =>
      page.$$eval('#settings select, #settings input', (controls) =>
        controls.map((control) => [control.id.slice(4), (control as HTMLInputElement).value]),
      );
    expect(Object.fromEntries(await values())).toEqual({
      network: 'lenet5',
      start: 'new',
      importance: 'random()',
      pattern: 'channel()',
      allocation: 'uniform()',
      against: 'random()',
      schedule: 'cosine',
      penalty: 'l1()',
      teacher: 'trained',
      bits: '5',
      strength: '0.001',
      target: '50',
      epochs: '7',
      digits: '1500',
      rate: '0.01',
      seed: '12',
      twin: '0',
    });
    expect(await page.inputValue('#sparsity')).toBe('70');

    await page.click('#advanced > summary');
    await page.selectOption('#set-network', 'mlp');
    await page.fill('#set-epochs', '3');
    await page.locator('#set-epochs').press('Tab');
    const shared = await page.evaluate(() => location.hash);
    expect(shared).toMatch(/network=mlp.*epochs=3/);
    const before = await values();
    await page.reload();
    await page.waitForSelector('#sparsity:enabled');
    expect(await values()).toEqual(before);
    await page.context().close();
  }, 120_000);

  it('report invalid settings in an address, and use the default', async () => {
    const {page} = await open(pages, '#importance=alert(1)&epochs=0&sparsity=90');
    expect(await page.textContent('#problem-text')).toMatch(/importance=alert\(1\).*epochs=0/);
    expect(await page.inputValue('#set-importance')).toBe('magnitude()');
    await page.locator('#left', {hasText: /^2,759/}).waitFor();
    await page.context().close();
  }, 120_000);

  it('let a run be stepped by epochs and stopped by the keyboard alone', async () => {
    const {page} = await open(pages, '#network=mlp&digits=500&epochs=4&twin=0');
    await page.focus('#step-epoch');
    await page.keyboard.press('Enter');
    await status(page, /^Paused/);
    expect(await progress(page)).toBeCloseTo(0.25);
    await page.focus('#step-epoch');
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () => Number((document.getElementById('progress') as HTMLProgressElement).value) > 0.3,
    );
    await status(page, /^Paused/);
    expect(await progress(page)).toBeCloseTo(0.5);
    await page.focus('#stop');
    await page.keyboard.press('Enter');
    await status(page, /^Stopped/);
    expect(await page.locator('#maps figure').count()).toBe(4);
    await page.context().close();
  }, 180_000);
}
