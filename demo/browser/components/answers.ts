import {byId, make, percent} from '../dom';

/** The predictions of both networks for a digit: a bar per class, side by side. */
export function showAnswers(answers: {dense: number[]; pruned: number[]} | undefined): void {
  byId('answers').replaceChildren(answer('dense', answers?.dense), answer('pruned', answers?.pruned));
}

function answer(name: 'dense' | 'pruned', probabilities: number[] = Array(10).fill(0)): HTMLElement {
  const best = probabilities.indexOf(Math.max(...probabilities));
  const sure = probabilities[best];
  const bars = probabilities.map((share, digit) =>
    make(
      'li',
      {
        className: share > 0 && digit === best ? 'best' : '',
        style: `--share: ${share}`,
        title: `${digit}: ${percent(share)}`,
      },
      make('span', {}, String(digit)),
    ),
  );
  return make(
    'div',
    {className: `answer ${name}`},
    make('h3', {}, `${name[0].toUpperCase()}${name.slice(1)}`),
    make(
      'p',
      {},
      make('strong', {className: 'digit', id: `answer-${name}`}, sure > 0 ? String(best) : '–'),
      ' ',
      make(
        'span',
        {className: 'quiet'},
        sure > 0 ? (sure > 0.9995 ? 'over 99.9 % sure' : `${percent(sure)} sure`) : 'nothing drawn yet',
      ),
    ),
    make('ul', {className: 'probabilities', ariaHidden: 'true'}, ...bars),
  );
}
