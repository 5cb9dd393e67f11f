#!/usr/bin/env bash
# Installs Deno, Bun (200 MB) and wasmtime (30 MB) into .hosts, for the tests of networks in hosts other than Node and browsers.
set -euo pipefail

NPM=(deno@^2.9.6 bun@^1.4.5)
PIP=wasmtime==50.0.1

fail() {
  echo "scripts/hosts.sh: $*" >&2
  exit 1
}

cd "$(dirname "$0")/.."
hosts=.hosts
made="${NPM[*]} $PIP"
if [ "$(cat "$hosts/made" 2>/dev/null)" = "$made" ]; then
  echo "$hosts already exists, with $made"
  exit
fi

python3 -c 'import ensurepip, venv' 2>/dev/null || fail 'python3 cannot create environments; on Debian: apt-get install python3-venv'
echo "Installing $made into $hosts"
rm -rf "$hosts"
mkdir "$hosts"
npm install --prefix "$hosts" --no-save --no-audit --no-fund --loglevel=error "${NPM[@]}" || fail 'npm could not install Deno and Bun; see its output above'
python3 -m venv "$hosts/python"
"$hosts/python/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --only-binary=:all: "$PIP" ||
  fail 'pip could not install wasmtime; see its output above'
for command in node_modules/.bin/deno node_modules/.bin/bun; do
  "$hosts/$command" --version >/dev/null || fail "$command was installed but does not run; see its output above"
done
echo "$made" >"$hosts/made"
