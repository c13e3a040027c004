#!/usr/bin/env bash
# Headings and progress for the scripts of this folder. Sourced.

# step TITLE COMMAND...: a heading, the command, and the seconds it took; the command's status, of which 77 is
# that of something skipped.
step() {
  local title=$1 began=$SECONDS status=0
  shift
  printf '\n== %s\n' "$title"
  "$@" || status=$?
  if [[ $status -eq 0 ]]; then
    printf '== %s: done in %d s\n' "$title" $((SECONDS - began))
  elif [[ $status -eq 77 ]]; then
    printf '== %s: skipped after %d s\n' "$title" $((SECONDS - began))
  else
    printf '== %s: FAILED after %d s (exit %d)\n' "$title" $((SECONDS - began)) "$status"
  fi
  return "$status"
}

# quietly LOG COMMAND...: output goes to LOG; every 15 s the log's last line is shown; on failure its tail.
quietly() {
  local log=$1 began=$SECONDS next=15 status=0 job
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null &
  job=$!
  while kill -0 "$job" 2>/dev/null; do
    sleep 0.2
    if ((SECONDS - began >= next)); then
      printf '   %3d s: %s\n' $((SECONDS - began)) "$(tail -n 1 "$log" | tr -d '\r' | cut -c 1-100)"
      next=$((next + 15))
    fi
  done
  wait "$job" || status=$?
  if [[ $status -ne 0 ]]; then
    echo "failed: $*" >&2
    tail -n 30 "$log" >&2
    echo "the whole log: $log" >&2
  fi
  return "$status"
}
