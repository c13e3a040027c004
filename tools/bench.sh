#!/usr/bin/env bash
# Measures the latency of the calls beside their peers, the throughput, and what a transaction costs, a JSON object a
# line.
#   tools/bench.sh [--record]   with --record it also appends them to bench/results/, below a line that says of
#                               what commit, when, where and how
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

describe_run() {
  local machine compiler
  machine="$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sed -n 1p)"
  compiler="$(c++ --version | sed -n 1p), release"
  printf '{"commit":"%s","date":"%s","machine":"%s","compiler":"%s","command":"%s"}\n' \
    "$(git describe --always --dirty --abbrev=12)" "$(date -u +%F)" "$machine" "$compiler" "$command"
}

tools/build.sh --with-tests bench/call_latency bench/throughput bench/transaction bench/span_instructions
for bench in call_latency throughput transaction; do
  command="build/release/bench/$bench --json"
  if [[ ${1:-} == --record ]]; then
    results=$($command)
    { describe_run; printf '%s\n' "$results"; } | tee -a "bench/results/$bench.jsonl"
  else
    $command
  fi
done
