#!/usr/bin/env bash
# Creates .venv-torch, a Python virtual environment with PyTorch, for the rows of `npm run bench` that compare with it.
# PYTHON names another interpreter than python3.
set -euo pipefail

# From here come builds without CUDA, of 200 MB; those of PyPI take up to 3 GB.
INDEX=https://download.pytorch.org/whl/cpu
PACKAGES=("${TORCH:-torch>=1.12,<3}" 'numpy<3')

fail() {
  echo "scripts/torch.sh: $*" >&2
  exit 1
}

cd "$(dirname "$0")/.."
venv=.venv-torch
python=${PYTHON:-python3}
made="${PACKAGES[*]} $python"
if [ "$(cat "$venv/made" 2>/dev/null)" = "$made" ]; then
  echo "$venv already exists, with $made"
  exit
fi

command -v "$python" >/dev/null || fail "$python is missing; on Debian: apt-get install python3 python3-venv"
"$python" -c 'import ensurepip, venv' 2>/dev/null || fail "$python cannot create environments; on Debian: apt-get install python3-venv"

echo "Installing ${PACKAGES[*]} into $venv"
rm -rf "$venv"
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --only-binary=:all: \
  --extra-index-url "$INDEX" "${PACKAGES[@]}" || fail 'pip could not install PyTorch; see its output above'
"$venv/bin/python" -c 'import torch' || fail 'PyTorch was installed but does not load; see its output above'
echo "$made" >"$venv/made"
