import type {Behavior} from './behavior';
import {callbacks} from './callbacks';
import {gradients} from './gradients';
import {importances} from './importances';
import {masks} from './masks';
import {reads} from './reads';
import {resume} from './resume';
import {storage} from './storage';
import {surgery} from './surgery';

/** The behaviors of the library on every backend, by topic. */
export const behaviors: Record<string, Record<string, Behavior>> = {
  masks,
  reads,
  gradients,
  callbacks,
  importances,
  'strip and compact': surgery,
  storage,
  resume,
};
