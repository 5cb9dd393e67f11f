import {make} from '../dom';
import {SIDE} from './protocol';

/** The elements of the reader's own classes. */
export function view() {
  const button = (text: string, className = '') => make('button', {type: 'button', className}, text);
  const video = make('video', {muted: true, playsInline: true, hidden: true, ariaLabel: 'Camera'});
  const seen = make('canvas', {width: SIDE, height: SIDE});
  seen.setAttribute('role', 'img');
  seen.setAttribute('aria-label', `The image as the network sees it, ${SIDE} × ${SIDE} pixels`);
  const camera = button('Start the camera');
  const file = make('input', {type: 'file', accept: 'image/*', className: 'unseen'});
  const best = make('strong', {});
  best.setAttribute('role', 'status');
  const time = make('span', {className: 'quiet'});
  const scores = make('ol', {className: 'scores', ariaLabel: 'Scores'});
  const cards = make('div', {className: 'cards'});
  const add = button('Add a class');
  const sparsity = make('input', {
    type: 'number',
    min: '0',
    max: '99',
    step: '1',
    value: '90',
    id: 'own-sparsity',
  });
  const train = button('Train', 'main');
  const stop = button('Stop');
  const status = make('p', {className: 'quiet'});
  status.setAttribute('role', 'status');
  const progress = make('progress', {max: 1, value: 0, ariaLabel: 'Progress of the training'});
  const page = button('Download as one page');
  const module = button('Download as a module');
  const results = make('p', {className: 'buttons', hidden: true}, page, module);
  const element = make(
    'div',
    {className: 'own'},
    make(
      'div',
      {className: 'look'},
      make('div', {className: 'view'}, video, seen),
      make(
        'p',
        {className: 'buttons'},
        camera,
        make('label', {className: 'button'}, 'Classify an image', file),
      ),
      make('p', {className: 'verdict'}, best, ' ', time),
      scores,
    ),
    make(
      'div',
      {},
      cards,
      make(
        'p',
        {className: 'buttons'},
        add,
        make('label', {htmlFor: sparsity.id}, 'Sparsity, %'),
        sparsity,
        train,
        stop,
      ),
      progress,
      status,
      results,
    ),
  );
  return {
    element,
    video,
    seen,
    camera,
    file,
    best,
    time,
    scores,
    cards,
    add,
    sparsity,
    train,
    stop,
    status,
    progress,
    results,
    page,
    module,
  };
}
