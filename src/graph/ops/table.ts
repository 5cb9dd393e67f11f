import type {Convert} from '../scope';
import {arithmetic} from './arithmetic';
import {constants} from './constants';
import {convolutions} from './convolutions';
import {gathers} from './gathers';
import {images} from './images';
import {joins} from './joins';
import {products} from './products';
import {reductions} from './reductions';
import {shapes} from './shapes';
import {slices} from './slices';

/** How each op of graph models is converted. */
export const operations: Readonly<Record<string, Convert | undefined>> = {
  ...{
    ...arithmetic,
    ...convolutions,
    ...products,
    ...images,
    ...shapes,
    ...slices,
    ...gathers,
    ...joins,
    ...reductions,
    ...constants,
  },
};
