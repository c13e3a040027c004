#!/usr/bin/env python3
"""What the bench promises: a JSON object a line, each bench by its name in 30 s of CPU, and the span's ratio.

Usage: call_latency_test.py CALL_LATENCY
"""

import json
import resource
import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)
BENCHES = [
    "span_3_attributes",
    "span_not_sampled",
    "detached_span",
    "span_event",
    "span_link",
    "context_handover",
    "log_2_arguments",
    "log_disabled",
    "counter_3_attributes",
    "counter_3_attributes_16_sets",
    "counter_bound",
    "counter_bound_in_span",
    "counter_bound_2_threads",
    "histogram_3_attributes",
    "histogram_bound",
    "transaction_metrics",
]
PEERS = {"log_disabled": "spdlog async"}
KEYS = ["bench", "ns", "peer", "peer_ns", "ratio"]
MOST_CPU_SECONDS = 30  # of a bench, on however busy a machine
SPAN_RATIO = 1 / 16
MOST_SPAN_NS = 100
MOST_NS_NOT_SAMPLED = 8
# Guards, above the targets of 15 ns and an eighth of spdlog's asynchronous logger: reading the counter takes 12 ns here,
# and the lines of the ring go to and fro between processors. bench/results/log_path_tries.jsonl has what was tried.
MOST_LOG_NS = 40
LOG_RATIO = 1 / 4
MOST_DISABLED_LOG_NS = 1
MOST_METRIC_NS = {
    "counter_3_attributes": 25,
    "counter_3_attributes_16_sets": 35,
    "counter_bound": 6,  # the target is 2
    "counter_bound_in_span": 8,  # … 4
    "histogram_3_attributes": 30,
    "histogram_bound": 14,  # … 6
    "transaction_metrics": 80,  # all of one transaction, inside its span
}
METRIC_RATIOS = {"counter_3_attributes": 1 / 4, "counter_3_attributes_16_sets": 1 / 4}
# The best that the peer's span_3_attributes did where these figures of nanoseconds were set. A machine on which it takes
# longer is a slower one, which the ratio and the counted instructions (bench/span_instructions) guard.
REFERENCE_PEER_NS = 1620


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)


def cpu_seconds():
    """Of all that has been run."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class CallLatency(unittest.TestCase):
    def measure(self, bench, peer="opentelemetry-cpp"):
        began = cpu_seconds()
        done = run("--json", "--filter", bench)
        taken = cpu_seconds() - began
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLess(taken, MOST_CPU_SECONDS, bench)
        results = {}
        for line in done.stdout.splitlines():
            print(line, f"in {taken:.1f} s of CPU", flush=True)
            result = json.loads(line)
            self.assertEqual(list(result), KEYS)
            self.assertEqual(result["bench"], bench)
            results[result["peer"]] = result
        return results[peer]

    def test_each_bench_by_its_name(self):
        for bench in BENCHES:
            self.measure(bench, PEERS.get(bench, "opentelemetry-cpp"))

    def test_a_span_costs_100_ns_and_a_sixteenth_of_the_peers(self):
        results = [self.measure("span_3_attributes") for _ in range(3)]
        self.assertLessEqual(min(result["ratio"] for result in results), SPAN_RATIO)
        self.skip_on_a_slower_machine(results)
        self.assertLessEqual(min(result["ns"] for result in results), MOST_SPAN_NS)

    def skip_on_a_slower_machine(self, results):
        peer = min(result["peer_ns"] for result in results)
        if peer > REFERENCE_PEER_NS:
            self.skipTest(f"the peer takes {peer} ns here, so nanoseconds say nothing of the target")

    def test_a_span_that_is_not_sampled_costs_8_ns(self):
        self.skip_on_a_slower_machine([self.measure("span_3_attributes") for _ in range(3)])
        taken = [self.measure("span_not_sampled")["ns"] for _ in range(3)]
        self.assertLessEqual(min(taken), MOST_NS_NOT_SAMPLED)

    def test_a_log_costs_a_quarter_of_spdlogs(self):
        results = [self.measure("log_2_arguments", "spdlog async") for _ in range(3)]
        self.assertLessEqual(min(result["ratio"] for result in results), LOG_RATIO)
        self.skip_on_a_slower_machine([self.measure("span_3_attributes") for _ in range(3)])
        self.assertLessEqual(min(result["ns"] for result in results), MOST_LOG_NS)

    def test_a_log_of_a_level_that_is_off_costs_1_ns(self):
        self.skip_on_a_slower_machine([self.measure("span_3_attributes") for _ in range(3)])
        taken = [self.measure("log_disabled", "spdlog async")["ns"] for _ in range(3)]
        self.assertLessEqual(min(taken), MOST_DISABLED_LOG_NS)

    def test_metrics_cost_what_they_may(self):
        taken = {bench: [self.measure(bench) for _ in range(3)] for bench in MOST_METRIC_NS}
        for bench, ratio in METRIC_RATIOS.items():
            self.assertLessEqual(min(result["ratio"] for result in taken[bench]), ratio, bench)
        self.skip_on_a_slower_machine([self.measure("span_3_attributes") for _ in range(3)])
        for bench, most in MOST_METRIC_NS.items():
            self.assertLessEqual(min(result["ns"] for result in taken[bench]), most, bench)

    def test_a_second_thread_does_not_slow_a_bound_counter(self):
        taken = {bench: [] for bench in ("counter_bound", "counter_bound_2_threads")}
        # In relation to the peer, as two threads of one processor core slow each other whatever they do; in turns, as a
        # machine's pace changes from one minute to the next.
        for _ in range(3):
            for bench, figures in taken.items():
                figures.append(self.measure(bench)["ratio"])
        self.assertLessEqual(min(taken["counter_bound_2_threads"]), 1.2 * min(taken["counter_bound"]))

    def test_spans_allocate_nothing(self):
        done = run("--json", "--filter", "span_allocations")
        self.assertEqual(done.stdout, '{"bench":"span_allocations","allocations":0}\n')

    def test_an_unknown_name_is_refused(self):
        done = run("--json", "--filter", "span")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, "")
        for bench in BENCHES:
            self.assertIn(bench, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
