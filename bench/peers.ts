import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import type {Figure} from './ratio';

const root = join(import.meta.dirname, '..');
const python = join(root, '.venv-torch/bin/python');

/**
 * Masked steps over dense steps in PyTorch, for comparison with the rows of the same network here; without .venv-torch none.
 * Its masks (torch.nn.utils.prune) multiply dense weights.
 */
export async function peers(rounds: number): Promise<Figure[]> {
  if (!existsSync(join(root, '.venv-torch/made'))) {
    console.error('bench: leaves out the rows of PyTorch; scripts/torch.sh installs it');
    return [];
  }
  const script = join(root, 'bench/peers/torchMasks.py');
  const {stdout} = await promisify(execFile)(python, [script, String(rounds), '0.9', '0.98']);
  const ratios: Record<string, number> = JSON.parse(stdout);
  return Object.entries(ratios).map(([sparsity, ratio]) => ({
    name: `training in PyTorch: step with masks / dense step, ${100 * Number(sparsity)} %, LeNet-300-100`,
    ratio,
    goal: 'for comparison',
  }));
}
