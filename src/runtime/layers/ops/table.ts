import type {Kind} from '../../model/Layer';
import {blockMoves} from './blocks';
import {elementwise} from './elementwise';
import {moves} from './moves';
import {reductions} from './products';

/** The layers that converted graph models have beside those of tfjs. */
export const ops: Record<string, Kind> = {...blockMoves, ...elementwise, ...moves, ...reductions};
