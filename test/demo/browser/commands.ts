import fc from 'fast-check';
import type {Browser, Page} from 'playwright-core';
import {launch} from '../../support/chromium';
import {number, open, type Pages} from '../../support/page';

/** One action of a reader, on an element by id, and the number of frames to wait after it. */
interface Act {
  target: string;
  value?: string;
  frames: number;
}

const buttons = 'run recover step-epoch pause stop reset ship take clear download-plain'.split(' ');
const presets = ['preset-nothing', 'preset-far', 'preset-random'];

/** With software graphics a step takes seconds, so only a few run. */
const plans = {
  wasm: {hash: '#epochs=2&digits=1000&network=mlp', backends: ['wasm', 'cpu'], sequences: 8, acts: 20},
  webgl: {hash: '#epochs=1&digits=100&twin=0', backends: ['webgl', 'wasm'], sequences: 2, acts: 8},
};

function sequences({backends, acts}: (typeof plans)['wasm']): fc.Arbitrary<Act[]> {
  const frames = fc.oneof(fc.constant(0), fc.integer({min: 0, max: 60}));
  const on = (targets: string[]) => fc.record({target: fc.constantFrom(...targets), frames});
  const set = (target: string, ...values: string[]) =>
    fc.record({target: fc.constant(target), value: fc.constantFrom(...values), frames});
  const act: fc.Arbitrary<Act> = fc.oneof(
    {arbitrary: on(buttons), weight: 4},
    {arbitrary: on(presets), weight: 3},
    {arbitrary: set('sparsity', '0', '40', '95'), weight: 2},
    {arbitrary: set('backend', ...backends), weight: 2},
    set('set-importance', 'magnitude()', 'taylor()'),
    set('set-start', 'new', 'present'),
  );
  return fc.array(act, {minLength: acts / 2, maxLength: acts});
}

/** Performs an action if its control is enabled; returns whether it was performed. */
function perform(page: Page, {target, value, frames}: Act): Promise<boolean> {
  return page.evaluate(
    async ([id, given, wait]) => {
      const element = document.getElementById(id) as HTMLInputElement | null;
      const enabled = element !== null && !element.disabled && element.ariaDisabled !== 'true';
      if (enabled && given === undefined) {
        element.click();
      } else if (enabled) {
        element.value = given as string;
        for (const type of ['input', 'change']) element.dispatchEvent(new Event(type));
      }
      for (let frame = 0; frame < wait; frame++) await new Promise(requestAnimationFrame);
      return enabled;
    },
    [target, value, frames] as const,
  );
}

const idle = '#run:enabled';

/** Ends the current run, if any, and waits until the page is ready for another. */
async function settle(page: Page): Promise<void> {
  await page.locator(`${idle}, #stop:enabled`).first().waitFor();
  if (await page.isEnabled('#stop')) await page.click('#stop');
  await page.waitForSelector(idle);
}

/** Tests of random commands with random delays. */
export function commands(pages: Pages, backend: keyof typeof plans): void {
  const plan = plans[backend];
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch(backend === 'webgl' ? 'emulated' : 'none');
  });

  afterAll(() => browser?.close());

  it('cause no errors, and leave the page with its backend, its form and a network that can be pruned', async () => {
    await fc.assert(
      fc.asyncProperty(sequences(plan), async (acts) => {
        const {page, errors} = await open({...pages, browser}, `${plan.hash}&backend=${backend}`);
        let start: string | undefined = 'new';
        for (const act of acts) {
          const done = await perform(page, act);
          if (done && act.target === 'set-start') start = act.value;
        }
        await settle(page);
        expect(await page.textContent('#problem-text')).toBe('');

        await perform(page, {target: 'backend', value: backend, frames: 0});
        await page.waitForSelector(idle);
        await page.click('#preset-nothing');
        await page.waitForSelector(idle);
        expect(await page.inputValue('#backend')).toBe(backend);
        expect(await page.inputValue('#set-start')).toBe(start);
        await page.click('#reset');
        await page.locator('#left', {hasText: /^27,592/}).waitFor();
        await page.waitForSelector(idle);
        await perform(page, {target: 'sparsity', value: '50', frames: 0});
        await page.locator('#left', {hasText: /^13,796 of 27,592/}).waitFor();
        await page.waitForSelector(idle);
        expect(await number(page, '#accuracy')).toBeGreaterThan(90);
        expect(await page.textContent('#problem-text')).toBe('');
        expect(errors).toEqual([]);
        await page.context().close();
      }),
      {seed: 3, numRuns: Number(process.env.RUNS ?? plan.sequences), endOnFailure: true},
    );
  }, 900_000);
}

/** Tests of single commands. */
export function offers(pages: Pages): void {
  const chosen =
    '#network=lenet5&importance=norm()&pattern=channel&epochs=3&digits=500&target=70&seed=5&backend=cpu';

  it('keep the form, the backend and the address when a preset is chosen', async () => {
    const {page, errors} = await open(pages, chosen);
    const form = () =>
      page.$$eval('#settings select, #settings input', (controls) =>
        controls.map(({id, value}: {id: string; value?: string}) => [id, value]),
      );
    const before = await form();
    await page.click('#preset-far');
    await page.waitForSelector(idle);
    expect(await page.inputValue('#sparsity')).toBe('97');
    expect(await form()).toEqual(before);
    expect(await page.inputValue('#backend')).toBe('cpu');
    const hash = await page.evaluate(() => location.hash);
    expect(hash).toMatch(/sparsity=97.*network=lenet5.*epochs=3.*backend=cpu/);

    await page.click('#preset-random');
    await page.locator('#against-note', {hasText: '%'}).waitFor();
    await page.waitForSelector(idle);
    const changed = (await form()).filter(([, value], i) => value !== before[i][1]);
    expect(Object.fromEntries(changed)).toEqual({
      'set-importance': 'magnitude()',
      'set-against': 'random()',
    });
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('are disabled during a command, and enabled after it', async () => {
    const {page} = await open(pages, '#digits=500&epochs=1');
    await page.waitForSelector(idle);
    const states = (act: string) =>
      page.evaluate((id) => {
        document.getElementById(id)?.click();
        const links = [...document.querySelectorAll('#presets a')];
        const controls = [...document.querySelectorAll<HTMLInputElement>(':is(button, select, input)[id]')];
        const enabled = [
          ...controls.filter(({disabled}) => !disabled),
          ...links.filter(({ariaDisabled}) => ariaDisabled !== 'true'),
        ];
        return enabled.map((element) => element.id);
      }, act);
    // Commands that do not change the network: its files are made between two steps.
    const always = [
      'clear',
      'take',
      'problem-close',
      'download-plain',
      'download-compact',
      'download-sparse',
      'download-shipped',
      'download-page',
    ];
    const offered = await states('clear');
    for (const command of ['run', 'ship', 'reset', 'recover']) {
      const left = await states(command);
      expect([command, left.filter((id) => !always.includes(id))]).toEqual([command, []]);
      await page.waitForSelector(idle);
    }
    expect(await states('clear')).toEqual(offered);
    expect(await page.textContent('#problem-text')).toBe('');
    await page.context().close();
  });

  it('ask before leaving the page only during a run', async () => {
    const {page} = await open(pages, '#digits=500&epochs=50&network=mlp');
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      return dialog.dismiss();
    });
    await page.click('#run');
    await page.waitForSelector('#stop:enabled');
    const dialog = page.waitForEvent('dialog');
    await page.close({runBeforeUnload: true});
    await dialog;
    expect(asked).toEqual(['beforeunload']);
    await page.click('#stop');
    await page.waitForSelector(idle);
    const closed = page.waitForEvent('close');
    await page.close({runBeforeUnload: true});
    await closed;
    expect(asked).toHaveLength(1);
    await page.context().close();
  });
}
