// The page of a shipped network: the digit that you draw, read while you draw it.
import {Pad} from './Pad';

const byId = (id: string) => document.getElementById(id) as HTMLElement;

/** Long enough for a clock that browsers round to 0.1 ms. */
const TIMED = 5;

const bars = Array.from({length: 10}, (_, digit) => {
  const bar = document.createElement('li');
  for (const [tag, text] of [
    ['span', digit],
    ['i', ''],
    ['b', ''],
  ] as const) {
    bar.append(Object.assign(document.createElement(tag), {textContent: text}));
  }
  return bar;
});
byId('scores').append(...bars);

/** Never rounded up to 100 %. */
const percent = (share: number) => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;

function show(scores: ArrayLike<number> | undefined): number {
  const best = scores ? [...bars.keys()].reduce((a, b) => (scores[b] > scores[a] ? b : a)) : -1;
  bars.forEach((bar, digit) => {
    bar.className = digit === best ? 'best' : '';
    bar.style.setProperty('--score', String(scores?.[digit] ?? 0));
    (bar.lastChild as HTMLElement).textContent = scores ? percent(scores[digit]) : '';
  });
  byId('digit').textContent = best < 0 ? '–' : String(best);
  return best;
}

try {
  const {predict} = await import('./digits.js');
  const pad: Pad = new Pad(byId('pad') as HTMLCanvasElement, (isWhole) => {
    const {pixels} = pad;
    if (pixels === undefined) return;
    const scores = predict(pixels);
    const best = show(scores);
    if (!isWhole) return;
    byId('answer').textContent = `It reads ${best}, ${percent(scores[best])} sure.`;
    byId('time').textContent = `One digit takes ${microseconds(() => predict(pixels))} µs.`;
  });
  const clear = () => {
    pad.clear();
    show(undefined);
    byId('answer').textContent = 'Draw with mouse, pen or finger.';
    byId('time').textContent = '';
  };
  byId('clear').addEventListener('click', clear);
  clear();
} catch (error) {
  const reason = location.protocol === 'file:' ? 'open the page from a web server' : (error as Error).message;
  byId('answer').textContent = `The network did not load: ${reason}.`;
}

/** The time of a call, as the mean of many. */
function microseconds(call: () => void): string {
  const started = performance.now();
  let [calls, passed] = [0, 0];
  while (passed < TIMED) {
    for (let i = 0; i < 32; i++) call();
    calls += 32;
    passed = performance.now() - started;
  }
  const each = (passed / calls) * 1000;
  return each.toFixed(each < 10 ? 1 : 0);
}
