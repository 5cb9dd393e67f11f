#!/usr/bin/env bash
# Creates .venv-torch, a Python virtual environment with PyTorch and Torch-Pruning, for `npm run bench:peers` and the rows of
# `npm run bench` that compare with PyTorch. PYTHON names another interpreter than python3.
#
# For Linux on x86_64, PyPI has PyTorch with CUDA only, whose libraries take 2 GB more. This script installs two small ones and
# replaces the others by stubs: the dynamic linker looks for their functions, which PyTorch does not call without a GPU.
set -euo pipefail

TORCH=2.15.0
CUDA=13.2
PACKAGES=("torch==$TORCH" torch-pruning==1.6.1)
# The other dependencies of PyTorch.
OTHERS=('numpy<3' 'sympy>=1.13.3' 'typing-extensions>=4.13' filelock fsspec jinja2 networkx)

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
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
  fail "PyTorch $TORCH requires Python 3.10 or later, got $("$python" --version)"
stubs=
if [ "$(uname -sm)" = 'Linux x86_64' ]; then
  stubs=yes
  PACKAGES+=("nvidia-cuda-runtime==$CUDA.*" "nvidia-cuda-cupti==$CUDA.*")
  for tool in gcc nm readelf; do
    command -v "$tool" >/dev/null || fail "$tool is missing; on Debian: apt-get install gcc"
  done
fi

echo "Installing ${PACKAGES[*]} into $venv, 600 MB"
rm -rf "$venv"
"$python" -m venv "$venv"
pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --only-binary=:all:)
"${pip[@]}" "${OTHERS[@]}" || fail 'pip could not install the dependencies of PyTorch; see its output above'
"${pip[@]}" --no-deps "${PACKAGES[@]}" || fail 'pip could not install PyTorch; see its output above'

# Makes a shared library of the source on the standard input. Its name is that of the file.
library() {
  gcc -shared -w -x c - -o "$lib/$1" "-Wl,-soname,$1" -Wl,--no-as-needed '-Wl,-rpath,$ORIGIN' "-L$lib" "${@:2}"
}

if [ -n "$stubs" ]; then
  site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  lib=$site/torch/lib
  installed=("$site"/nvidia/*/lib/*.so*)
  # All functions are in one library of another name: the linker requires versions of the symbols of libraries that it asks for.
  comm -23 <(nm -D --undefined-only "$lib"/*.so* | sed -nE 's/^ +U ((cu|nv|nccl)[A-Za-z0-9_]+)(@.*)?$/\1/p' | sort -u) \
    <(nm -D --defined-only "${installed[@]}" | sed -nE 's/^[0-9a-f]+ . ([^@]+).*$/\1/p' | sort -u) |
    sed 's/.*/void &(void) { __builtin_trap(); }/' | library libtorch_no_cuda.so
  # libcuda belongs to the driver of a GPU, which PyTorch looks for.
  needed=$(readelf -d "$lib"/*.so* | sed -nE 's/.*NEEDED.*\[(lib(cu|nv|nccl).*)\]/\1/p' | grep -v '^libcuda\.' | sort -u)
  for name in $needed; do
    compgen -G "$site/nvidia/*/lib/$name" >/dev/null || library "$name" -ltorch_no_cuda </dev/null
  done
fi

"$venv/bin/python" -c 'import torch_pruning' || fail 'PyTorch was installed but does not load; see the output above'
echo "$made" >"$venv/made"
