#!/usr/bin/env python3
"""What docs/guide/backends.md says, against the real thing: the order processor runs with the first block of each
section, sent to this machine, and the backend is asked what it has.

Usage: backends_test.py ORDERS GUIDE [UNITTEST OPTION...]. Status 77, a skipped test for ctest, where no Go toolchain
can build any (tools/backends/build_backends.sh).
"""

import json
import re
import shutil
import socket
import subprocess
import sys
import time
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

from order_runs import BAD, GOOD, PATIENCE, OrdersTest, below_task, run, write_config

ORDERS = Path(sys.argv.pop(1)).resolve()
GUIDE = Path(sys.argv.pop(1)).resolve()
TOOLS = Path(__file__).resolve().parents[2] / "tools"


def built(script, *arguments):
    """The path that a script prints when it has built something; the test is skipped where it can't."""
    done = subprocess.run([TOOLS / script, *arguments], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == 77:
        raise unittest.SkipTest(f"{script} can't build here")
    done.check_returncode()
    return Path(done.stdout.strip().splitlines()[-1])


def block_of(section):
    """The first block of YAML in a section of the guide."""
    text = GUIDE.read_text(encoding="utf-8")
    body = text.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    return re.search(r"```yaml\n(.*?)```", body, re.DOTALL)[1]


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def ask(url):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
        return json.load(answer)


class Backends(OrdersTest):
    def start(self, command, port):
        """A backend, from when it listens to the test's end."""
        log = self.stack.enter_context((self.folder / "backend.log").open("w", encoding="utf-8"))
        # pylint: disable-next=consider-using-with  (the stack ends it)
        backend = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder)
        self.stack.callback(backend.wait)
        self.stack.callback(backend.terminate)
        self.wait_for(lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close() or True)

    def wait_for(self, found):
        """What `found` answers, once that is something."""
        trouble = None
        for _ in range(PATIENCE * 5):
            try:
                answer = found()
                if answer:
                    return answer
            except (OSError, ValueError, KeyError) as error:
                trouble = error
            time.sleep(0.2)
        shutil.copy(self.folder / "backend.log", "/dev/stderr")
        self.fail(f"nothing came: {trouble}")

    def run_orders(self, block):
        config = below_task("connectors: {orders: {jsonl: {path: orders.jsonl}}}\n" + block)
        write_config(self.folder, config)
        for command in (["config", "check", "orders.yaml"], ["run", "OrderProcessor", "--config", "orders.yaml"]):
            done = run(ORDERS, self.folder, *command)
            self.assertEqual((done.returncode, done.stderr), (0, ""), config)

    def test_collector(self):
        grpc, = free_ports(1)
        (self.folder / "collector.yaml").write_text(json.dumps({
            "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f"127.0.0.1:{grpc}"}}}},
            "exporters": {"file": {"path": str(self.folder / "all.jsonl"), "flush_interval": "100ms"}},
            "service": {"telemetry": {"metrics": {"level": "none"}},
                        "pipelines": {signal: {"receivers": ["otlp"], "exporters": ["file"]}
                                      for signal in ("traces", "metrics", "logs")}}}), encoding="utf-8")
        self.start([built("collector/build_collector.sh"), "--config", "collector.yaml"], grpc)
        block = block_of("OpenTelemetry Collector")
        self.assertIn("telemetry: otlp", block)
        exporter = f'otlp_grpc: {{endpoint: "http://127.0.0.1:{grpc}"}}'
        block += (f"logging: {{handlers: [{{otlp: {{exporter: {{{exporter}}}}}}}]}}\n"
                  f"metrics: {{readers: [{{periodic: {{exporter: {{{exporter}}}}}}}]}}\n"
                  f"tracing: {{processors: [{{batch: {{exporter: {{{exporter}}}}}}}]}}\n")
        self.run_orders(block)

        def arrived():
            text = (self.folder / "all.jsonl").read_text(encoding="utf-8")
            return text.count('"payment.charge"') == GOOD + BAD and "orders.charged" in text and "charged 1.5 EUR" in text
        self.wait_for(arrived)

    def test_jaeger(self):
        grpc, http, query, query_grpc = free_ports(4)
        storage = {"backends": {"memory": {"memory": {"max_traces": 1000}}}}
        (self.folder / "jaeger.yaml").write_text(json.dumps({
            "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f"127.0.0.1:{grpc}"},
                                                 "http": {"endpoint": f"127.0.0.1:{http}"}}}},
            "exporters": {"jaeger_storage_exporter": {"trace_storage": "memory"}},
            "extensions": {"jaeger_storage": storage,
                           "jaeger_query": {"storage": {"traces": "memory"},
                                            "http": {"endpoint": f"127.0.0.1:{query}"},
                                            "grpc": {"endpoint": f"127.0.0.1:{query_grpc}"}}},
            "service": {"extensions": ["jaeger_storage", "jaeger_query"],
                        "telemetry": {"metrics": {"level": "none"}},
                        "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["jaeger_storage_exporter"]}}}}),
            encoding="utf-8")
        self.start([built("backends/build_backends.sh", "jaeger"), "--config", "jaeger.yaml"], grpc)
        self.run_orders(block_of("Jaeger").replace("http://jaeger:4317", f"http://127.0.0.1:{grpc}"))
        url = f"http://127.0.0.1:{query}/api/traces?service=OrderProcessor&operation=OrderProcessor.transaction&limit=1000"
        traces = self.wait_for(lambda: [one for one in [ask(url)["data"]] if len(one) >= GOOD + BAD])[0]
        self.assertEqual(len(traces), GOOD + BAD, "a trace for each transaction")
        for trace in traces:
            names = {span["operationName"] for span in trace["spans"]}
            self.assertLessEqual({"OrderProcessor.transaction", "OrderProcessor.process", "payment.charge"}, names)

    def test_prometheus(self):
        port, = free_ports(1)
        (self.folder / "prometheus.yml").write_text("global: {}\n", encoding="utf-8")
        self.start([built("backends/build_backends.sh", "prometheus"), "--config.file=prometheus.yml", f"--web.listen-address=127.0.0.1:{port}",
                    "--web.enable-otlp-receiver", f"--storage.tsdb.path={self.folder / 'data'}",
                    "--enable-feature=native-histograms"], port)
        self.wait_for(lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=5).status == 200)
        self.run_orders(block_of("Prometheus").replace("http://prometheus:9090", f"http://127.0.0.1:{port}"))

        def value_of(query):
            result = ask(f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": query}))
            return [float(one["value"][1]) for one in result["data"]["result"]]
        self.assertEqual(self.wait_for(lambda: value_of('sum(orders_charged_total{job="OrderProcessor"})')), [GOOD])
        self.assertEqual(value_of('sum({__name__=~"consumer_transactions.*total",job="OrderProcessor"})'), [GOOD + BAD])
        self.assertEqual(len(value_of('target_info{job="OrderProcessor"}')), 1)


if __name__ == "__main__":
    outcome = unittest.main(verbosity=2, exit=False).result
    if outcome.wasSuccessful() and len(outcome.skipped) == outcome.testsRun:
        sys.exit(77)
    sys.exit(not outcome.wasSuccessful())
