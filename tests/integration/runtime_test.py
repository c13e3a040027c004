"""What a task does by its policies, roles and commands, in the processes that it is run in."""

import json
import os
import pty
import subprocess
import sys
from collections import Counter

from pipelines import PipelineTest, main, step

ALL = "connectors: {steps: {jsonl: {path: steps.jsonl}}}\n"
LETTERS = "connectors: {steps: {jsonl: {path: steps.jsonl, dead_letters: dead.jsonl}}}\n"


class Traced(PipelineTest):
    """With all spans in files, one for each process."""

    def tracing(self):
        target = f"file://{self.folder}/spans-{{pid}}.jsonl"
        return ("tracing: {processors: [{batch: {exporter: {otlp_file/development: {output_stream: \"" + target +
                "\"}}}}]}\n")

    def spans(self):
        """All that were written, each with the instance that wrote it."""
        found = []
        for file in self.folder.glob("spans-*.jsonl"):
            for line in file.read_text(encoding="utf-8").splitlines():
                for resource in json.loads(line)["resourceSpans"]:
                    names = {one["key"]: one["value"] for one in resource["resource"]["attributes"]}
                    for scope in resource["scopeSpans"]:
                        for span in scope["spans"]:
                            span["resource"] = names
                            span["values"] = {one["key"]: one["value"] for one in span.get("attributes", [])}
                            found.append(span)
            file.unlink()
        return found

    def named(self, spans, name):
        return [span for span in spans if span["name"] == name]


class ManyProcesses(Traced):
    def test_three_workers_of_four_threads_share_one_file(self):
        count = 50_000
        self.write_steps([step(number) for number in range(count)])
        self.write_config(ALL + "workers: 3\npolicies: {consumer: {loop: {concurrency: 4}}}\n" +
                          "delivery: {on_full: block, max_block: 10s, shutdown_timeout: 60s}\n" + self.tracing())
        run = self.run_to_end()
        self.assertEqual(run.code, 0, run.errors)
        self.assertEqual(self.times_done(), Counter(str(number) for number in range(count)))
        spans = self.spans()
        transactions = self.named(spans, "Pipeline.transaction")
        self.assertEqual(len(transactions), count)
        self.assertEqual(len({span["traceId"] for span in transactions}), count)
        self.assertEqual(len(spans), run.summary["signals"]["spans"]["delivered"])
        instances = {span["resource"]["service.instance.id"]["stringValue"] for span in spans}
        pids = {span["resource"]["process.pid"]["intValue"] for span in spans}
        runs = {span["resource"]["ergon.run.id"]["stringValue"] for span in spans}
        workers = {span["resource"]["ergon.worker.id"]["intValue"] for span in spans}
        self.assertEqual((len(instances), len(pids), len(runs), workers), (3, 3, 1, {"0", "1", "2"}))
        print(f"{count} transactions, {len(spans)} spans, {run.summary['transactions']['per_second']:.0f} per second")

    def test_debug_is_one_process(self):
        self.write_steps([step("a")])
        self.write_config(ALL + "workers: 3\n" + self.tracing())
        run = self.run_to_end("--debug")
        self.assertEqual(run.code, 0, run.errors)
        pids = {span["resource"]["process.pid"]["intValue"] for span in self.spans()}
        self.assertEqual(pids, {str(run.pid)})

    def test_log_files_without_pid_get_one(self):
        self.write_steps([step(number, "business") for number in range(20)])
        self.write_config(ALL + "workers: 2\nlogging: {handlers: [{file: {filename: all.log}}]}\n")
        run = self.run_to_end()
        self.assertEqual(run.code, 0)
        files = list(self.folder.glob("all.log*"))
        self.assertTrue(all(file.name != "all.log" for file in files), files)
        self.assertEqual(sum("no such currency" in line for file in files for line in file.read_text().splitlines()), 20)
        self.assertIn("without {pid}", run.errors)


class Policies(Traced):
    def test_a_system_error_is_tried_again_in_spans_of_one_name(self):
        self.write_steps([step("a", "second")])
        self.write_config(ALL + "policies: {consumer: {process: {retry: {max_attempts: 3, backoff: 1ms}}}}\n" +
                          self.tracing())
        run = self.run_to_end()
        self.assertEqual((run.code, run.summary["transactions"]["ok"]), (0, 1))
        attempts = self.named(self.spans(), "Pipeline.process")
        self.assertEqual([span["values"]["ergon.attempt"]["intValue"] for span in attempts], ["1", "2"])

    def count_attempts(self, action, retry="max_attempts: 3, backoff: 1ms"):
        self.write_steps([step("a", action)])
        self.write_config(ALL + f"policies: {{consumer: {{process: {{retry: {{{retry}}}}}}}}}\n" + self.tracing())
        run = self.run_to_end()
        self.assertEqual((run.code, run.summary["transactions"]["failed"]), (0, 1), run.output)
        return self.named(self.spans(), "Pipeline.process")

    def test_business_errors_and_what_is_in_vain_are_not(self):
        self.assertEqual(len(self.count_attempts("system")), 3)
        self.assertEqual(len(self.count_attempts("business")), 1)
        self.assertEqual(len(self.count_attempts("in_vain")), 1)
        self.assertEqual(len(self.count_attempts("business", "max_attempts: 2, backoff: 0ms, business_errors: true")), 2)

    def test_an_attempt_is_asked_to_stop_at_its_time(self):
        attempts = self.count_attempts("wait", "timeout: 50ms, max_attempts: 2, backoff: 1ms")
        self.assertEqual([span["values"]["error.type"]["stringValue"] for span in attempts], ["timeout"] * 2)
        self.assertTrue(all(span["values"]["ergon.overdue"]["boolValue"] for span in attempts))

    def test_the_transaction_has_a_time_for_all_attempts(self):
        self.write_steps([step("a", "system")])
        self.write_config(ALL + "policies: {transaction: {timeout: 300ms}, consumer: {process: {retry: "
                          "{max_attempts: 1000, backoff: 100ms, backoff_multiplier: 1, jitter: 0}}}}\n" + self.tracing())
        self.assertEqual(self.run_to_end().code, 0)
        self.assertIn(len(self.named(self.spans(), "Pipeline.process")), (2, 3))

    def test_limit_and_streaming(self):
        self.write_steps([step(number) for number in range(50)])
        self.write_config(ALL + "policies: {consumer: {loop: {streaming: true, limit: 20, concurrency: 3}}}\n")
        run = self.run_to_end()
        self.assertEqual((run.code, run.summary["transactions"]["ok"]), (0, 20))

    def test_the_time_of_a_loop(self):
        self.write_steps([])
        self.write_config(ALL + "policies: {consumer: {loop: {streaming: true, timeout: 200ms}, "
                          "fetch: {empty_backoff: {initial: 10ms, cap: 10ms}}}}\n")
        self.assertEqual(self.run_to_end().code, 0)

    def test_what_fails_is_delivered_again_until_it_is_given_up(self):
        self.write_steps([step("a", "system"), step("b", "business"), step("c")])
        self.write_config(LETTERS + "policies: {transaction: {max_deliveries: 3}}\n")
        run = self.run_to_end()
        self.assertEqual(run.code, 0, run.errors)
        failed = self.messages(run, "ERROR")
        self.assertEqual(sum("the bank is away" in message for message in failed), 3)
        self.assertEqual(sum("no such currency" in message for message in failed), 1)
        transactions = run.summary["transactions"]
        self.assertEqual((transactions["ok"], transactions["failed"], transactions["handed_back"]), (1, 2, 2))
        letters = [json.loads(line) for line in (self.folder / "dead.jsonl").read_text().splitlines()]
        told = {letter["payload"]["id"]: letter["metadata"] for letter in letters}
        self.assertEqual(told["a"]["ergon.dead_letter.deliveries"], "3")
        self.assertEqual(told["a"]["ergon.dead_letter.error_type"], "ergon::SystemError")
        self.assertEqual(told["b"]["ergon.dead_letter.error_kind"], "business")
        self.assertRegex(told["b"]["traceparent"], "^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$")


class DeadLetters(Traced):
    def test_a_replay_is_linked_to_the_first_trace_and_settles(self):
        self.write_steps([step("a", "hang"), step("b", "in_vain")])
        (self.folder / "first").touch()  # nobody hangs
        self.write_config(LETTERS + self.tracing())
        self.assertEqual(self.run_to_end().code, 0)
        failed = [span for span in self.named(self.spans(), "Pipeline.transaction")
                  if span.get("status", {}).get("code") == 2]
        self.assertEqual(len(failed), 1)
        dead = self.folder / "dead.jsonl"
        dead.write_text(dead.read_text().replace("in_vain", "ok"))
        again = self.run_to_end(command="replay")
        self.assertEqual((again.code, again.summary["transactions"]["ok"]), (0, 1), again.errors)
        self.assertEqual(self.times_done()["b"], 1)
        replayed = self.named(self.spans(), "Pipeline.transaction")[0]
        self.assertNotEqual(replayed["traceId"], failed[0]["traceId"])
        self.assertIn(failed[0]["traceId"], [link["traceId"] for link in replayed["links"]])
        self.assertEqual(self.run_to_end(command="replay").summary["transactions"]["ok"], 0)

    def test_without_a_place_there_is_no_replay(self):
        self.write_steps([step("a")])
        self.write_config(ALL)
        run = self.run_to_end(command="replay")
        self.assertEqual(run.code, 1)
        self.assertIn("connector 'steps': it has no dead-letter place to replay from", run.errors)


class Roles(Traced):
    def test_a_producer_fills_a_file_that_a_consumer_takes_on_in_the_same_traces(self):
        self.write_config("workers: 2\nconnectors: {out: {jsonl: {path: made.jsonl, mode: append}}}\n"
                          "policies: {producer: {batch: {size: 7}}}\n" + self.tracing(), task="Numbers")
        run = self.run_to_end(task="Numbers")
        self.assertEqual((run.code, run.summary["transactions"]["ok"]), (0, 200), run.errors)
        made = {span["traceId"]: span["spanId"] for span in self.named(self.spans(), "Numbers.transaction")}
        self.assertEqual(len(made), 200)
        self.write_config("connectors: {made: {jsonl: {path: made.jsonl, format: envelope}}}\n" + self.tracing())
        self.assertEqual(self.run_to_end().code, 0)
        spans = self.named(self.spans(), "Pipeline.transaction")
        self.assertEqual({span["traceId"]: span["parentSpanId"] for span in spans}, made)
        self.assertTrue(all(0 <= span["values"]["ergon.queue_time"]["doubleValue"] < 60 for span in spans))

    def test_a_hybrid_takes_what_it_made(self):
        self.write_config("connectors: {queue: {memory: {}}}\n"
                          "policies: {consumer: {loop: {streaming: true, limit: 100}, "
                          "fetch: {empty_backoff: {initial: 1ms, cap: 1ms}}}}\n", task="Hybrid")
        run = self.run_to_end(task="Hybrid")
        self.assertEqual(run.code, 0, run.errors)
        self.assertEqual(self.times_done(), Counter(f"0-{number}" for number in range(100)))
        self.assertEqual(run.summary["transactions"]["ok"], 200)

    def test_a_plain_task_is_executed_once_by_each_worker(self):
        self.write_config("workers: 2\n" + self.tracing(), task="Once")
        run = self.run_to_end(task="Once")
        self.assertEqual(run.code, 0, run.errors)
        self.assertEqual(self.times_done(), Counter(["executed by 0", "executed by 1"]))
        self.assertEqual(len(self.named(self.spans(), "Once.execute")), 2)


class Commands(PipelineTest):
    def test_one_transaction_by_its_payload(self):
        self.write_steps([])
        self.write_config(ALL)
        good = self.run_to_end("--payload-json", json.dumps(step("x")), command="process-transaction")
        self.assertEqual((good.code, good.summary["transactions"]["ok"]), (0, 1), good.errors)
        self.assertEqual(self.times_done()["x"], 1)
        bad = self.run_to_end("--payload-json", "{", "--id", "7", command="process-transaction")
        self.assertEqual(bad.code, 1)
        self.assertIn("transaction '7'", bad.errors)

    def test_one_transaction_by_its_id(self):
        self.write_steps([step("a"), step("b")])
        self.write_config(ALL)
        found = self.run_to_end("steps.jsonl:2", command="process-transaction-by-id")
        self.assertEqual(found.code, 0, found.errors)
        self.assertEqual(self.times_done()["b"], 1)
        lost = self.run_to_end("steps.jsonl:9", command="process-transaction-by-id")
        self.assertEqual(lost.code, 1)
        self.assertIn("it has no transaction 'steps.jsonl:9'", lost.errors)

    def test_progress_on_a_terminal(self):
        self.write_steps([step(number, "sleep", 20) for number in range(120)])
        self.write_config(ALL + "logging: {handlers: [{json: {filename: log.jsonl}}]}\n")
        for variables, is_bold in (({}, True), ({"NO_COLOR": "1"}, False)):
            (self.folder / "steps.jsonl").write_text(json.dumps(step("bad", "business")) + "\n" +
                                                     (self.folder / "steps.jsonl").read_text())
            shown = self.on_a_terminal(variables)
            self.assertRegex(shown, r"\d+/s  ok \d+  failed .*in flight 1  telemetry delivered")
            self.assertEqual("\x1b[1;31m" in shown, is_bold, shown)
            self.assertTrue(shown.endswith("\r\x1b[K"), "it is not taken away at the end")

    def on_a_terminal(self, variables):
        """What a run writes to a stderr that is a terminal."""
        own, terminal = pty.openpty()
        with os.fdopen(own, "rb", buffering=0) as screen:
            run = subprocess.Popen([self.program, "run", "Pipeline", "--config", "pipeline.yaml"], cwd=self.folder,
                                   stdout=subprocess.DEVNULL, stderr=terminal, env=os.environ | variables)
            os.close(terminal)
            shown = b""
            while True:
                try:
                    got = screen.read(4096)
                except OSError:  # all of the other side is closed
                    break
                if not got:
                    break
                shown += got
            self.assertEqual(run.wait(), 0)
        return shown.decode()

    def test_a_supervision_that_would_end_what_is_allowed_is_refused(self):
        self.write_steps([])
        self.write_config(ALL + "supervision: {unhealthy_grace: 30s}\n")
        run = self.run_to_end()
        self.assertEqual(run.code, 2)
        self.assertIn("more than policies.transaction.timeout", run.errors)

    def test_offsets_are_kept_from_run_to_run(self):
        self.write_steps([step("a"), step("b")])
        self.write_config("connectors: {steps: {jsonl: {path: steps.jsonl, offsets: done.offsets}}}\n")
        self.assertEqual(self.run_to_end().summary["transactions"]["ok"], 2)
        with open(self.folder / "steps.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(step("c")) + "\n")
        self.assertEqual(self.run_to_end().summary["transactions"]["ok"], 1)
        self.assertEqual(self.times_done(), Counter(["a", "b", "c"]))


if __name__ == "__main__":
    main(sys.argv)
