import {element} from 'tfjs-pruning';
import {weightOf} from '../support/weights';

it('element() makes each element a unit', () => {
  expect(element()(weightOf([3, 3, 2, 4]))).toEqual({units: 72});
});

it('element() skips no layers', () => {
  expect(element().skips).toBeUndefined();
});
