import {keepTop} from '../src/select/select';
import {type Figure, ratio, time} from './ratio';

const SIZE = 4_000_000;
const KEEP = SIZE / 10;

/** Exact selection compared with a sort, and by input. */
export async function selection(rounds: number): Promise<Figure[]> {
  const normal = Float32Array.from({length: SIZE}, gaussian);
  const magnitudes = normal.map(Math.abs);
  const inputs = {
    normal: {scores: magnitudes, goal: 12},
    signed: {scores: normal, goal: 25},
    equal: {scores: new Float32Array(SIZE).fill(0.5), goal: 25},
    'mostly zero': {scores: magnitudes.map((score, i) => (i % 10 === 0 ? score : 0)), goal: 25},
  };
  const figures: Figure[] = [
    {
      name: 'selection: sort / keepTop, 4 M normal scores',
      ratio: await ratio(
        () => magnitudes.slice().sort(),
        () => keepTop(magnitudes, KEEP),
        Math.ceil(rounds / 30),
      ),
      goal: '>= 10',
    },
  ];
  for (const [name, {scores, goal}] of Object.entries(inputs)) {
    const milliseconds = await time(() => keepTop(scores, KEEP), Math.ceil(rounds / 10));
    figures.push({
      name: `selection: keepTop / 1 ns per element, 4 M scores, ${name}`,
      ratio: (milliseconds * 1e6) / SIZE,
      goal: `<= ${goal}`,
    });
  }
  return figures;
}

function gaussian(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}
