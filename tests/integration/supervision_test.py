"""Worker processes that are started, watched, killed and started again."""

import json
import os
import random
import sys
import time
import urllib.error
import urllib.request

from pipelines import PipelineTest, is_gone, main, signal, step

ALL = "connectors: {steps: {jsonl: {path: steps.jsonl}}}\n"


class Deaths(PipelineTest):
    def test_a_crash_is_told_and_the_transaction_comes_again(self):
        self.write_steps([step("a"), step("b", "crash"), step("c")])
        self.write_config("""
connectors: {steps: {jsonl: {path: steps.jsonl, dead_letters: dead.jsonl}}}
policies: {transaction: {max_deliveries: 2}}
supervision: {restart: {backoff: 10ms}}
""")
        run = self.run_to_end()
        self.assertEqual(run.code, 0, run.errors)
        self.assertEqual(set(self.times_done()), {"a", "c"})
        died = [log for log in run.logs if "died: signal 11 SIGSEGV" in log["message"]]
        self.assertEqual(len(died), 5, run.output)
        self.assertIn("delivered 6 times", run.output)
        self.assertEqual(run.summary["lost_reports"], 5)

    def test_an_exit_is_told_with_its_code(self):
        self.write_steps([step("a", "exit")])
        self.write_config(ALL + "supervision: {restart: {backoff: 10ms, max_restarts: 2}}\n")
        run = self.run_to_end()
        self.assertEqual(run.code, 1)
        self.assertEqual(run.output.count("died: it exited with 3"), 3, run.output)
        self.assertIn("worker 0 died 3 times without finishing a transaction", run.errors)

    def test_a_restart_is_a_span_with_the_death_as_event(self):
        self.write_steps([step("a", "exit")])
        self.write_config(ALL + """
supervision: {restart: {backoff: 10ms, max_restarts: 1}}
tracing: {processors: [{simple: {exporter: {otlp_file/development: {output_stream: "file://spans-{pid}.jsonl"}}}}]}
""".replace("file://spans", f"file://{self.folder}/spans"))
        run = self.run_to_end()
        self.assertEqual(run.code, 1, run.errors)
        spans = [span for file in self.folder.glob("spans-*.jsonl") for line in file.read_text().splitlines()
                 for resource in json.loads(line)["resourceSpans"] for scope in resource["scopeSpans"]
                 for span in scope["spans"]]
        restarts = [span for span in spans if span["name"] == "Pipeline.restart"]
        self.assertEqual(len(restarts), 2)
        event = restarts[0]["events"][0]
        self.assertEqual(event["name"], "ergon.worker.died")
        self.assertIn({"key": "process.exit.code", "value": {"intValue": "3"}}, event["attributes"])

    def test_workers_killed_at_random_lose_nothing(self):
        count, interval = (50_000, 0.3) if os.environ.get("ERGON_ALL_KILLS") else (3000, 0.05)
        self.write_steps([step(number, "sleep", 1) for number in range(count)])
        self.write_config(ALL + """
workers: 3
policies: {consumer: {loop: {concurrency: 4}, fetch: {batch: {size: 20}}}}
supervision: {restart: {backoff: 1ms, max_restarts: 1000}}
""")
        run = self.start()
        chance = random.Random(7)
        kills = 0
        while run.process.poll() is None:
            time.sleep(interval)  # the interval between kills is what is tested
            workers = run.workers()
            if workers:
                pid = chance.choice(workers)
                try:
                    os.kill(pid, signal.SIGKILL)
                    kills += 1
                except ProcessLookupError:
                    pass
        self.assertEqual(run.finish(), 0, run.errors)
        done = self.times_done()
        self.assertEqual({str(number) for number in range(count)} - set(done), set(), "lost")
        twice = sum(times - 1 for times in done.values())
        told = sum("died: signal 9 SIGKILL" in message for message in self.messages(run))
        print(f"{kills} kills, {told} deaths told, {twice} of {count} transactions done more than once")
        self.assertGreater(told, 0)
        self.assertLessEqual(twice, 4 * told, "more than what was in flight in each worker that died")
        self.assertEqual(told, run.summary["lost_reports"])

    def test_the_death_of_the_supervisor_leaves_no_orphan(self):
        self.write_steps([step("a", "always_hang"), step("b", "sleep", 50)])
        self.write_config(ALL + "workers: 2\n")
        run = self.start()
        self.wait_until(lambda: self.noted()["init"] == 2, "the start of two workers")
        pids = run.workers()
        os.kill(pids[0], signal.SIGSTOP)
        run.send(signal.SIGKILL)
        self.wait_until(lambda: all(is_gone(pid) for pid in pids), "the end of the workers", 2)


class Liveness(PipelineTest):
    def check(self, steps, extra, expected):
        self.write_steps(steps)
        self.write_config(ALL + """
policies: {transaction: {timeout: 100ms}}
supervision: {check_interval: 20ms, unhealthy_grace: 400ms, shutdown_grace: 100ms, restart: {backoff: 10ms}}
""" + extra)
        run = self.run_to_end()
        self.assertEqual(run.code, 0, run.errors)
        self.assertIn(expected, run.output)
        self.assertIn("did not stop and was killed", run.output)
        self.assertIn("was started again", run.output)
        return run

    def test_a_stuck_transaction_is_found_reported_and_its_worker_replaced(self):
        run = self.check([step("a"), step("b", "hang"), step("c")], "",
                         "loop 0 has been working on a transaction for more than 400 ms")
        self.assertIn("Pipeline.process goes on though its time is over", run.output)
        self.assertEqual(set(self.times_done()), {"a", "b", "c"})

    def test_a_stopped_worker_is_found(self):
        self.check([step("a", "stop_self"), step("b")], "", "for more than 400 ms")
        self.assertEqual(set(self.times_done()), {"a", "b"})

    def test_a_stuck_fetch_is_found(self):
        self.write_config("""
connectors: {steps: {stuck: {}}}
policies: {transaction: {timeout: 100ms}, consumer: {fetch: {retry: {timeout: 50ms}}}}
supervision: {check_interval: 20ms, unhealthy_grace: 200ms, shutdown_grace: 50ms, restart: {backoff: 10ms, max_restarts: 1}}
""")
        run = self.run_to_end()
        self.assertEqual(run.code, 1)
        self.assertIn("loop 0 has been fetching for more than 200 ms", run.output)
        self.assertIn("steps.fetch goes on though its time is over", run.output)

    def test_a_worker_that_does_not_start_is_found(self):
        self.write_steps([step("a")])
        self.write_config(ALL + """
services: {slow: {init: 60s}}
supervision: {check_interval: 20ms, startup_grace: 200ms, shutdown_grace: 50ms, restart: {backoff: 10ms, max_restarts: 1}}
""")
        run = self.run_to_end()
        self.assertEqual(run.code, 1)
        self.assertIn("it has been starting for more than 200 ms", run.output)

    def test_health_is_told_at_a_port_and_in_a_file(self):
        self.write_steps([step("a", "sleep", 3000)])
        self.write_config(ALL + """
supervision: {check_interval: 20ms, health: {file: health.json, port: 0, address: 127.0.0.1}}
logging: {handlers: [{json: {filename: "log-{pid}.jsonl"}}]}
""")
        run = self.start()
        file = self.folder / "health.json"
        self.wait_until(file.exists, "the health file")
        told = json.loads(file.read_text())
        self.assertEqual((told["healthy"], told["task"], told["workers"]), (True, "Pipeline", 1))
        logs = self.folder.glob
        self.wait_until(lambda: any("health is told on port" in log.read_text() for log in logs("log-*.jsonl")),
                        "the log of the port")
        text = "".join(log.read_text() for log in logs("log-*.jsonl"))
        port = int(text.partition("health is told on port ")[2].partition("\"")[0])
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            self.assertEqual(json.loads(answer.read())["healthy"], True)
        worker = run.workers()[0]
        run.send(signal.SIGTERM)

        def is_unhealthy():
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            except urllib.error.HTTPError as error:
                error.close()
                return error.code == 503
            return False

        self.wait_until(is_unhealthy, "an answer of 503", 2)
        self.assertEqual(run.finish(), 143)
        self.assertFalse(file.exists())
        self.assert_leaves_nothing([worker])


class Recycling(PipelineTest):
    def test_a_worker_that_has_done_its_share_is_replaced_with_all_delivered(self):
        count = 95
        self.write_steps([step(number) for number in range(count)])
        self.write_config(ALL + f"""
supervision: {{max_transactions: 10}}
tracing: {{processors: [{{batch: {{exporter: {{otlp_file/development: {{output_stream: "file://{self.folder}/spans-{{pid}}.jsonl"}}}}}}}}]}}
""")
        run = self.run_to_end()
        self.assertEqual(run.code, 0, run.errors)
        self.assertEqual(run.summary["transactions"]["ok"], count)
        files = list(self.folder.glob("spans-*.jsonl"))
        instances, transactions = set(), 0
        for file in files:
            for line in file.read_text().splitlines():
                for resource in json.loads(line)["resourceSpans"]:
                    names = {one["key"]: one["value"] for one in resource["resource"]["attributes"]}
                    instances.add(names["service.instance.id"]["stringValue"])
                    transactions += sum(span["name"] == "Pipeline.transaction"
                                        for scope in resource["scopeSpans"] for span in scope["spans"])
        self.assertEqual(transactions, count)
        self.assertEqual(len(files), 10)
        self.assertEqual(len(instances), 10)
        self.assertEqual(sum("has done its max_transactions" in message for message in self.messages(run)), 9)


class Signals(PipelineTest):
    CODES = {signal.SIGTERM: 143, signal.SIGINT: 130}

    def check(self, number, is_there, steps, extra="", patience=20):
        self.write_steps(steps)
        self.write_config(ALL + extra)
        run = self.start()
        self.wait_until(is_there, "the stage")
        pids = run.workers()
        start = time.monotonic()
        run.send(number)
        code = run.finish()
        self.assertEqual(code, self.CODES[number], run.errors)
        self.assertLess(time.monotonic() - start, patience)
        self.assert_leaves_nothing(pids)
        return run

    def test_while_it_starts(self):
        run = self.check(signal.SIGTERM, lambda: self.noted()["init"] > 0, [step("a")],
                         "services: {slow: {init: 1s}}\n")
        self.assertEqual(self.times_done(), {})
        self.assertEqual(run.summary["transactions"]["ok"], 0)

    def test_while_it_waits_for_more(self):
        self.check(signal.SIGINT, lambda: self.times_done()["a"] > 0, [step("a")],
                   "policies: {consumer: {loop: {streaming: true}, fetch: {empty_backoff: {initial: 60s, cap: 60s}}}}\n",
                   patience=10)

    def test_while_it_processes(self):
        run = self.check(signal.SIGINT, lambda: self.times_done()["a"] > 0,
                         [step("a"), step("b", "sleep", 500), step("c", "sleep", 500)])
        self.assertIn(set(self.times_done()), ({"a", "b"}, {"a", "b", "c"}, {"a"}))
        transactions = run.summary["transactions"]
        self.assertEqual(transactions["ok"] + transactions["handed_back"], 3)

    def test_while_it_waits_to_try_again(self):
        run = self.check(signal.SIGTERM, lambda: self.times_done()["a"] > 0, [step("a"), step("b", "system")],
                         "policies: {consumer: {process: {retry: {max_attempts: 9, backoff: 50s}}}}\n", patience=10)
        self.assertEqual(run.summary["transactions"]["handed_back"], 1)

    def test_while_it_flushes(self):
        self.check(signal.SIGTERM, lambda: self.times_done()["a"] > 0, [step("a")],
                   "delivery: {shutdown_timeout: 2s}\n"
                   "tracing: {processors: [{batch: {exporter: {otlp_http: {endpoint: \"http://127.0.0.1:9\"}}}}]}\n")

    def test_what_does_not_stop_is_killed_after_its_grace(self):
        run = self.check(signal.SIGTERM, lambda: self.times_done()["a"] > 0, [step("a"), step("b", "always_hang")],
                         "supervision: {shutdown_grace: 300ms}\n", patience=10)
        self.assertIn("did not stop and was killed", run.output)

    def test_a_second_signal_ends_it_at_once(self):
        self.write_steps([step("a"), step("b", "always_hang")])
        self.write_config(ALL)
        run = self.start()
        self.wait_until(lambda: self.times_done()["a"] > 0, "the first step")
        pids = run.workers()
        run.send(signal.SIGTERM)
        time.sleep(0.2)  # two within 0.1 s are one
        run.send(signal.SIGINT)
        self.assertEqual(run.finish(5), 130)
        self.wait_until(lambda: all(is_gone(pid) for pid in pids), "the end of the workers", 2)


if __name__ == "__main__":
    main(sys.argv)
