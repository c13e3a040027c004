#!/usr/bin/env bash
# Builds the fuzzers with clang's libFuzzer and sanitizers, and runs each for so long.
#   tools/fuzz.sh [SECONDS]   15 by default
# What a fuzzer has found is in build/fuzz/NAME-crash-*, and is run again by giving that file to build/fuzz/NAME.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/steps.sh
source tools/steps.sh

readonly seconds=${1:-15}
readonly clang=clang++-19
readonly flags=(-std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Wno-deprecated-declarations)
mkdir -p build/fuzz build/logs

# What each fuzzer is linked of, below src/.
declare -A sources=(
  [config]="base/json_text.cpp base/utf8.cpp config/allowed_text.cpp config/attribute_list.cpp config/config_error.cpp
    config/environment_variable.cpp config/expand.cpp config/load_layers.cpp config/nearest_name.cpp config/node_reader.cpp
    config/origins.cpp config/parse_scalar.cpp config/read.cpp config/scalar_value.cpp config/secret_text.cpp
    config/substitution.cpp config/values.cpp config/yaml_document.cpp config/yaml_text.cpp"
  [declarative_config]="base/diagnostic.cpp base/json_text.cpp base/one_line.cpp base/output.cpp base/pair_list.cpp
    base/regular_expression.cpp base/ticks.cpp base/utf8.cpp config/allowed_text.cpp config/attribute_list.cpp
    config/config_error.cpp config/declarative_file.cpp config/environment.cpp config/environment_fill.cpp
    config/environment_variable.cpp config/expand.cpp config/exporter_environment.cpp
    config/extension_registry.cpp config/load_layers.cpp config/metrics_environment.cpp config/nearest_name.cpp
    config/node_reader.cpp config/origins.cpp config/otlp_environment.cpp config/parse_scalar.cpp
    config/propagator_list.cpp config/read.cpp config/scalar_value.cpp config/secret_text.cpp
    config/signals_environment.cpp config/substitution.cpp config/tracing_environment.cpp config/values.cpp
    config/variants.cpp config/yaml_document.cpp config/yaml_text.cpp telemetry/export/otlp_target.cpp
    telemetry/logging/date_format.cpp telemetry/logging/function_name.cpp telemetry/logging/handlers/log_file.cpp
    telemetry/logging/json_line.cpp telemetry/logging/level_text.cpp telemetry/logging/line_record.cpp
    telemetry/logging/log_view.cpp telemetry/logging/source_text.cpp telemetry/logging/text_line.cpp
    telemetry/logging/time_text.cpp telemetry/record/any_value_text.cpp telemetry/session/config_description.cpp
    telemetry/session/propagator_description.cpp telemetry/session/sampler_description.cpp"
  [log_lines]="base/json_text.cpp base/one_line.cpp base/utf8.cpp telemetry/logging/date_format.cpp
    telemetry/logging/function_name.cpp telemetry/logging/json_line.cpp telemetry/logging/level_text.cpp
    telemetry/logging/line_record.cpp telemetry/logging/log_view.cpp telemetry/logging/source_text.cpp
    telemetry/logging/text_line.cpp telemetry/logging/time_text.cpp telemetry/record/any_value_text.cpp"
  [grpc_answer]="base/utf8.cpp telemetry/export/grpc_verdict.cpp telemetry/export/header_line.cpp
    telemetry/export/otlp_answer.cpp"
  [http_answer]="base/utf8.cpp telemetry/export/header_line.cpp telemetry/export/http_verdict.cpp
    telemetry/export/otlp_answer.cpp"
  [otlp_json]="base/json_text.cpp base/utf8.cpp telemetry/export/otlp_json.cpp
    telemetry/export/otlp_json_fields.cpp telemetry/record/any_value_text.cpp"
)

# File by file, as ccache keeps those that have not changed.
compile_fuzzer() {
  local objects=build/fuzz/$1-objects file
  local -a launcher=() all=()
  if command -v ccache >/dev/null; then launcher=(env CCACHE_NOHASHDIR=true ccache); fi
  mkdir -p "$objects"
  for file in "tests/fuzz/$1_fuzz.cpp" $(printf 'src/%s\n' ${sources[$1]}); do
    all+=("$objects/${file//\//%}.o")
    "${launcher[@]}" "$clang" "${flags[@]}" -Iinclude -Isrc -Itests -c "$file" -o "${all[-1]}" || return 1
  done
  "$clang" "${flags[@]}" "${all[@]}" -lfmt -lcurl -lyaml-cpp -lre2 -o "build/fuzz/$1"
}

build_fuzzer() { quietly "build/logs/fuzz-$1-build.log" compile_fuzzer "$1"; }

run_fuzzer() {
  local seeds=()
  if [[ -d tests/fuzz/$1_seeds ]]; then seeds=("tests/fuzz/$1_seeds"); fi
  build_fuzzer "$1" && mkdir -p "build/fuzz/$1-corpus" &&
    quietly "build/logs/fuzz-$1.log" "build/fuzz/$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
      -artifact_prefix="build/fuzz/$1-" "build/fuzz/$1-corpus" "${seeds[@]}" && grep -E '^Done|cov:' "build/logs/fuzz-$1.log" | tail -n 1
}

# One job for each: as many of them at a time as there are processors.
one_fuzzer() {
  local log=build/logs/fuzz-$1-step.log status=0
  step "fuzz $1 for $seconds s" run_fuzzer "$1" >"$log" 2>&1 || status=$?
  cat "$log"
  return "$status"
}

status=0
for name in "${!sources[@]}"; do
  if [[ $(jobs -rp | wc -l) -ge $(nproc) ]]; then wait -n || status=1; fi
  one_fuzzer "$name" &
done
while [[ -n $(jobs -p) ]]; do wait -n || status=1; done
exit "$status"
