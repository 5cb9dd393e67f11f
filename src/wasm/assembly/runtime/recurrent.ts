import {lstm as lstmOf, reset as resetOf, simple as simpleOf, update as updateOf} from '../sparse/recurrent';
import {word} from './words';

// Steps of recurrent layers; the arguments are those of the loops in ../sparse/recurrent.

export function simple(p: usize): void {
  simpleOf(word(p, 0), word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7), word(p, 8));
}

export function lstm(p: usize): void {
  lstmOf(
    word(p, 0), word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7), word(p, 8), word(p, 9),
    word(p, 10),
  );
}

export function reset(p: usize): void {
  resetOf(word(p, 0), word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7));
}

export function update(p: usize): void {
  updateOf(
    word(p, 0), word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7), word(p, 8), word(p, 9),
    word(p, 10),
  );
}
