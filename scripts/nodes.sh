#!/usr/bin/env bash
# Runs the core of the tests, and the demo, in further versions of Node, which the npm package `node` installs into .hosts/nodes (120 MB each).
set -euo pipefail

VERSIONS=(22 24 26)
TESTS=(test/prune.test test/surgery/strip test/storage/encode.test test/bin/process.test test/ship/s test/runtime/load test/backends/node)

cd "$(dirname "$0")/.."
for version in "${VERSIONS[@]}"; do
  folder=.hosts/nodes/$version
  node=$folder/node_modules/node/bin/node
  if [ ! -x "$node" ]; then
    mkdir -p "$folder"
    # Its script moves the binary of the platform, a package of its own, to this place.
    npm install --prefix "$folder" --no-save --no-audit --no-fund --loglevel=error --ignore-scripts=false "node@$version"
  fi
  echo "Node $("$node" --version)"
  (
    export PATH="$PWD/$folder/node_modules/node/bin:$PATH"
    node node_modules/jest/bin/jest.js "${TESTS[@]}"
    node --import tsx demo/node/main.ts --epochs 1 --samples 500
  )
done
