#!/usr/bin/env bash
# Creates .venv-keras, a Python virtual environment with Keras, the converter from and to tfjs, and tfmot, for the tests of
# docs/scaling.md, those that compare masks with tfmot's, and `npm run bench:peers`. It leaves out most dependencies of
# `pip install tensorflowjs`, which are for other kinds of models.
set -euo pipefail

# TensorFlow 2.20 has wheels for Python 3.9 to 3.13; it comes with Keras 3, beside which tf-keras is Keras 2.
PACKAGES=(tensorflow-cpu==2.20.0)
# Without dependencies: another TensorFlow, Jax, and SciPy.
ALONE=(tf-keras==2.20.1 tensorflowjs==4.22.0 tensorflow-model-optimization==0.8.1 'dm-tree>=0.1.8,<0.2' 'attrs>=23')

fail() {
  echo "scripts/keras.sh: $*" >&2
  exit 1
}

cd "$(dirname "$0")/.."
venv=.venv-keras
made="${PACKAGES[*]} ${ALONE[*]}"
if [ "$(cat "$venv/made" 2>/dev/null)" = "$made" ]; then
  echo "$venv already exists, with $made"
  exit
fi

command -v python3 >/dev/null || fail 'python3 is missing; on Debian: apt-get install python3 python3-venv'
python3 -c 'import ensurepip, venv' 2>/dev/null || fail 'python3 cannot create environments; on Debian: apt-get install python3-venv'
python3 -c 'import sys; sys.exit(not (3, 9) <= sys.version_info[:2] <= (3, 13))' ||
  fail "TensorFlow 2.20 requires Python 3.9 to 3.13, got $(python3 --version)"

echo "Installing ${PACKAGES[*]} ${ALONE[*]} into $venv, 300 MB"
rm -rf "$venv"
python3 -m venv "$venv"
pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --only-binary=:all:)
"${pip[@]}" "${PACKAGES[@]}" || fail 'pip could not install TensorFlow; see its output above'
"${pip[@]}" --no-deps "${ALONE[@]}" || fail 'pip could not install tensorflowjs and tfmot; see its output above'

# tensorflowjs always imports these, although only other kinds of models need them.
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo '# Left out by scripts/keras.sh.' | tee "$site/tensorflow_decision_forests.py" >"$site/tensorflow_hub.py"
echo 'convert_jax = None  # Jax was left out by scripts/keras.sh.' >"$site/tensorflowjs/converters/jax_conversion.py"

for module in tensorflowjs tensorflow_model_optimization; do
  TF_CPP_MIN_LOG_LEVEL=2 TF_USE_LEGACY_KERAS=1 "$venv/bin/python" -c "import $module" 2>"$venv/log" || {
    cat "$venv/log" >&2
    fail "$module was installed but does not load; see the output above"
  }
done
echo "$made" >"$venv/made"
