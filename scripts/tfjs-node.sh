#!/usr/bin/env bash
# Installs @tensorflow/tfjs-node where its own install script fails, as that downloads libtensorflow from a host that many
# networks block. This script extracts it from the tensorflow-cpu wheel on PyPI, and builds the addon against it.
#
#   scripts/tfjs-node.sh [folder of the project; the repository by default]
#
# It does not change package.json and package-lock.json; `npm ci` removes the installation, so run it again afterwards.
set -euo pipefail

VERSION=4.22.0
TENSORFLOW='2.15.*' # 2.12 to 2.15 have libtensorflow_cc, libtensorflow_framework and the headers of C

fail() {
  echo "scripts/tfjs-node.sh: $*" >&2
  exit 1
}

cd "${1:-$(dirname "$0")/..}" || fail "the folder $1 does not exist"
[ -f package.json ] || fail "$PWD has no package.json; pass the folder of a project"
package=$PWD/node_modules/@tensorflow/tfjs-node

# Multiplies with the addon and prints its versions. tfjs-node needs `util.isNullOrUndefined`, which Node 23 removed.
prove() {
  TF_CPP_MIN_LOG_LEVEL=2 node -e "
    const util = require('node:util');
    util.isNullOrUndefined ??= (value) => value == null;
    const {Tensor, version} = require('$package');
    const tf = require('@tensorflow/tfjs');
    if (Tensor !== tf.Tensor) throw new Error('it was installed with a second copy of @tensorflow/tfjs');
    const [product] = tf.matMul([[1, 2]], [[3], [4]]).dataSync();
    const [name, {binding}] = [tf.getBackend(), tf.backend()];
    if (name !== 'tensorflow' || product !== 11) throw new Error(name + ' computes 1·3 + 2·4 as ' + product);
    console.log('tfjs-node ' + version['tfjs-node'] + ' works, on libtensorflow ' + binding.TF_Version);
  "
}

if compgen -G "$package/lib/napi-v*/tfjs_binding.node" >/dev/null && prove 2>/dev/null; then
  exit
fi

# Requirements.
[ "$(uname -s)" = Linux ] || fail "this script requires Linux; on other systems use \`npm install @tensorflow/tfjs-node\`"
[ "$(uname -m)" = x86_64 ] || fail "tensorflow-cpu has no wheel for $(uname -m); this script requires x86_64"
for tool in node npm make g++ python3; do
  command -v "$tool" >/dev/null || fail "$tool is missing; on Debian: apt-get install g++ make python3 python3-pip"
done
python3 -m pip --version >/dev/null 2>&1 || fail 'python3 has no pip; on Debian: apt-get install python3-pip'
node_gyp=$(npm exec -c 'echo "$npm_config_node_gyp"')
[ -f "$node_gyp" ] || fail 'npm has no node-gyp; install both with npm install --global npm'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
quietly() {
  "$@" >"$work/log" 2>&1 || {
    tail -n 40 "$work/log" >&2
    fail "this command failed: $*"
  }
}

echo "Installing @tensorflow/tfjs-node $VERSION without its script"
# npm does not install optional peers by name, but does install dev dependencies; --no-save keeps it out of package.json.
quietly npm install --no-save --save-dev --ignore-scripts --no-audit --no-fund "@tensorflow/tfjs-node@$VERSION"

echo "Downloading libtensorflow in the wheel of tensorflow-cpu $TENSORFLOW, 200 MB"
# The wheel is only unpacked, so it need not match the installed Python.
quietly python3 -m pip download --no-deps --only-binary=:all: --python-version 3.11 --implementation cp \
  --platform manylinux2014_x86_64 --dest "$work" --no-cache-dir "tensorflow-cpu==$TENSORFLOW"
rm -rf "$package/deps" "$package/lib"
quietly python3 - "$work"/tensorflow_cpu-*.whl "$package/deps" <<'PYTHON'
import os, shutil, sys, zipfile

wheel, deps = zipfile.ZipFile(sys.argv[1]), sys.argv[2]
libraries = {'libtensorflow_cc.so.2': 'libtensorflow.so', 'libtensorflow_framework.so.2': 'libtensorflow_framework.so'}
headers = tuple(f'tensorflow/include/{name}' for name in ('tensorflow/c/', 'tensorflow/core/platform/ctstring', 'tsl/'))
places = {f'tensorflow/{name}': f'lib/{name}' for name in libraries}
for name in wheel.namelist():
    if name.startswith(headers) and name.endswith('.h'):
        places[name] = name[len('tensorflow/'):]
for name, place in places.items():
    os.makedirs(os.path.dirname(f'{deps}/{place}'), exist_ok=True)
    with wheel.open(name) as source, open(f'{deps}/{place}', 'wb') as target:
        shutil.copyfileobj(source, target, 1 << 20)
for name, link in libraries.items():
    os.symlink(name, f'{deps}/lib/{link}')
PYTHON

echo 'Building the addon'
# Not every distribution installs headers with Node. The addon includes only those of Node-API.
node_folder=${NODE_FOLDER:-$(node -p 'path.dirname(path.dirname(process.execPath))')}
if [ ! -f "$node_folder/include/node/node_api.h" ]; then
  quietly npm install --prefix "$work" --no-audit --no-fund node-api-headers@1
  node_folder=$work/node
  mkdir -p "$node_folder/include"
  cp -R "$work/node_modules/node-api-headers/include" "$node_folder/include/node"
  cat >"$node_folder/include/node/common.gypi" <<'GYP'
{'target_defaults': {'default_configuration': 'Release', 'configurations': {'Release': {'cflags': ['-fPIC', '-O2']}}}}
GYP
fi
napi=$(node -p 'Math.min(8, process.versions.napi)')
(
  cd "$package"
  quietly node "$node_gyp" rebuild --nodedir="$node_folder" -- -Dmodule_name=tfjs_binding \
    -Dmodule_path="$package/lib/napi-v$napi" -Dnapi_build_version="$napi"
)
rm -rf "$package/build"

prove || fail 'the addon was built but does not work; see the output above'
