#!/usr/bin/env python3
"""What a C++ program records arrives complete and equal at receivers made of Python's grpcio, its http.server and
the official protos for Python, over every transport; so it does in the files of the OTLP file exporter.

Usage: python_receivers_test.py OTLP_SENDER [UNITTEST OPTION...]. Status 77, a skipped test for ctest, where the
packages of python_receiver/packages.py can't be had.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from python_receiver import packages

packages.enter_venv()

# pylint: disable=wrong-import-position  (the venv has them)
from python_receiver import known_items as known
from python_receiver.certificates import make_certificates
from python_receiver.grpc_receiver import GrpcReceiver
from python_receiver.http_receiver import HttpReceiver
from python_receiver.inbox import SIGNALS, Inbox
from python_receiver.plain_items import Names, origins_of, plain_logs, plain_metrics, plain_spans

PROGRAM = Path(sys.argv.pop(1)).resolve()
PATIENCE = 60  # seconds
CLOCK_ERROR = 5_000_000  # nanoseconds between this process's clock and the sender's
HEADERS = {"x-tenant": "blue", "authorization": "Bearer a=b, c; d"}
VIEWS = [{"selector": {"instrument_name": "size"},
          "stream": {"aggregation": {"base2_exponential_bucket_histogram": {}}}}]


def telemetry_config(exporter_of, batch=512):
    """All signals on, each to what `exporter_of` says for it; metrics are collected once, at the end."""
    def processors(signal):
        return [{"batch": {"schedule_delay": "50ms", "max_export_batch_size": batch,
                           "exporter": exporter_of(signal)}}]

    return {
        "service_name": "sender",
        "resource": {"shop.open": True, "shop.floors": 3, "shop.area": 12.5, "shop.doors": ["north", "south"]},
        "tracing": {"processors": processors("traces")},
        "logging": {"level": "trace",
                    "handlers": [{"otlp": {"level": "trace", "processors": processors("logs")}}]},
        "metrics": {"readers": [{"periodic": {"interval": "3600s", "exporter": exporter_of("metrics")}}],
                    "views": VIEWS},
    }


class Sent:
    """A run of the program: its statistics, and when it was, in nanoseconds since 1970."""

    def __init__(self, config, rounds=1):
        environment = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")
                       and not name.startswith("OTEL_")}
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "telemetry.yaml"
            file.write_text(json.dumps(config), encoding="utf-8")  # which is YAML, too
            file.chmod(0o600)  # headers of everybody's files are warned of
            self.begin = time.time_ns()
            done = subprocess.run([PROGRAM, file, str(rounds)], capture_output=True, text=True, check=False,
                                  timeout=PATIENCE, cwd=folder, env=environment)
            self.end = time.time_ns()
        self.status, self.errors = done.returncode, done.stderr
        if done.returncode != 0:
            raise AssertionError(f"otlp_sender: exit {done.returncode}: {done.stderr}")
        self.statistics = json.loads(done.stdout)
        self.rounds = rounds


class ArrivalTest(unittest.TestCase):
    """What the tests below share."""

    maxDiff = None

    def expect_everything(self, sent, inbox):
        """Complete, equal, once each, and as the program's books have it."""
        self.assertEqual(inbox.complaints, [])
        self.assertTrue(sent.statistics["is_done"], sent.errors)
        self.assertEqual(sent.errors, "")
        for signal in SIGNALS:
            books = sent.statistics[signal]
            self.assertEqual((books["delivered"], books["created"]), (inbox.items(signal),) * 2, signal)
            self.assertEqual((books["queued"], books["rejected"], books["dropped"]), (0, 0, {}), signal)
        self.expect_origins(inbox)
        names = Names(inbox.messages("traces"))
        self.expect_spans(sent, inbox)
        self.expect_logs(sent, inbox, names)
        self.expect_metrics(sent, inbox, names)

    def expect_origins(self, inbox):
        for signal, scope in (("traces", known.SCOPE), ("logs", known.LOGGER_SCOPE)):
            for resource, found in origins_of(signal, inbox.messages(signal)):
                self.assertEqual(found, scope)
                self.assertEqual(resource, resource | known.RESOURCE)
                self.assertEqual(resource["process.pid"][0], "int")
        for resource, _ in origins_of("metrics", inbox.messages("metrics")):
            self.assertEqual(resource, resource | known.RESOURCE)

    def expect_spans(self, sent, inbox):
        arrived = plain_spans(inbox.messages("traces"))
        wanted = [span for number in range(sent.rounds) for span in known.spans_of_round(number)]
        self.expect_equal(arrived, wanted, lambda span: (span["attributes"]["round"][1], span["name"]))

    def expect_logs(self, sent, inbox, names):
        arrived = plain_logs(inbox.messages("logs"), names)
        wanted = [log for number in range(sent.rounds) for log in known.logs_of_round(number)]
        self.expect_equal([log for log, _, _ in arrived], wanted, lambda log: (log["body"][1], str(log["attributes"].get("round"))))
        for _, happened, observed in arrived:
            self.assertLessEqual(sent.begin - CLOCK_ERROR, happened)
            self.assertLessEqual(happened, observed)
            self.assertLessEqual(observed, sent.end + CLOCK_ERROR)

    def expect_metrics(self, sent, inbox, names):
        arrived = plain_metrics(inbox.messages("metrics"), names)
        wanted = known.metrics_of(sent.rounds)
        self.assertEqual(arrived, arrived | wanted)
        others = [name for name in arrived if name not in wanted]
        self.assertTrue(all(name.startswith("otel.sdk.") for name in others), others)

    def expect_equal(self, arrived, wanted, order):
        self.assertEqual(len(arrived), len(wanted))
        for one, other in zip(sorted(arrived, key=order), sorted(wanted, key=order)):
            self.assertEqual(one, other)


class Receivers(ArrivalTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with  (tearDownClass)
        cls.trusted = make_certificates(cls.sub_folder("trusted"))
        cls.strange = make_certificates(cls.sub_folder("strange"))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def sub_folder(cls, name):
        folder = Path(cls.folder.name) / name
        folder.mkdir()
        return folder

    def trusting(self, **others):
        return {"tls": {"ca_file": str(self.trusted.ca)} | {key: str(file) for key, file in others.items()}}

    def mutual(self):
        return self.trusting(cert_file=self.trusted.client, key_file=self.trusted.client_key)

    def send_grpc(self, options=None, rounds=1, batch=512, **receiver_options):
        receiver = GrpcReceiver(**receiver_options)
        try:
            exporter = {"otlp_grpc": {"endpoint": receiver.endpoint} | (options or {})}
            return Sent(telemetry_config(lambda signal: exporter, batch), rounds), receiver.inbox
        finally:
            receiver.stop()

    def send_http(self, options=None, rounds=1, batch=512, **receiver_options):
        receiver = HttpReceiver(**receiver_options)
        try:
            def exporter(signal):
                return {"otlp_http": {"endpoint": receiver.endpoint + SIGNALS[signal].path} | (options or {})}

            return Sent(telemetry_config(exporter, batch), rounds), receiver.inbox
        finally:
            receiver.stop()

    def expect_http(self, options, content_type, content_encoding, **receiver_options):
        sent, inbox = self.send_http(options, **receiver_options)
        self.expect_everything(sent, inbox)
        for request in inbox.requests:
            self.assertEqual((request.headers["content-type"], request.content_encoding),
                             (content_type, content_encoding))
            self.assertRegex(request.headers["user-agent"], "^ergon-cpp/")

    def expect_nothing(self, sent, inbox, reasons):
        """Of all that was created nothing arrived, and the books say why."""
        self.assertEqual(inbox.requests, [])
        for signal in SIGNALS:
            books = sent.statistics[signal]
            self.assertGreater(books["created"], 0)
            self.assertEqual((books["delivered"], sum(books["dropped"].values())), (0, books["created"]), signal)
            self.assertTrue(set(books["dropped"]) <= reasons, books)

    def test_grpc(self):
        sent, inbox = self.send_grpc()
        self.expect_everything(sent, inbox)
        for request in inbox.requests:
            self.assertRegex(request.headers["user-agent"], "^ergon-cpp/")

    def test_grpc_in_many_requests(self):
        sent, inbox = self.send_grpc(rounds=40, batch=7)
        self.expect_everything(sent, inbox)
        self.assertGreaterEqual(len(inbox.messages("traces")), 200 / 7)
        self.assertLessEqual(max(request.items for request in inbox.requests if request.signal != "metrics"), 7)

    def test_grpc_gzip(self):
        self.expect_everything(*self.send_grpc({"compression": "gzip"}))

    def test_grpc_gzip_is_refused_where_it_is_unknown(self):
        """So what the test before took was compressed: gRPC's library does not tell."""
        sent, inbox = self.send_grpc({"compression": "gzip"}, knows_gzip=False)
        self.expect_nothing(sent, inbox, {"non_retryable"})

    def test_grpc_tls(self):
        self.expect_everything(*self.send_grpc(self.trusting(), certificates=self.trusted))

    def test_grpc_mutual_tls(self):
        self.expect_everything(
            *self.send_grpc(self.mutual(), certificates=self.trusted, needs_client_certificate=True))

    def test_grpc_on_a_unix_socket(self):
        self.expect_everything(*self.send_grpc(socket=Path(self.folder.name) / "otlp.socket"))

    def test_grpc_headers(self):
        headers = [{"name": name, "value": value} for name, value in HEADERS.items()]
        sent, inbox = self.send_grpc({"headers": headers})
        self.expect_everything(sent, inbox)
        for request in inbox.requests:
            self.assertEqual(request.headers, request.headers | HEADERS)

    def test_http_protobuf(self):
        self.expect_http({"encoding": "protobuf"}, "application/x-protobuf", "")

    def test_http_protobuf_gzip(self):
        self.expect_http({"compression": "gzip"}, "application/x-protobuf", "gzip")

    def test_http_json(self):
        self.expect_http({"encoding": "json"}, "application/json", "")

    def test_http_json_gzip(self):
        self.expect_http({"encoding": "json", "compression": "gzip"}, "application/json", "gzip")

    def test_http_in_many_requests(self):
        for encoding in ("protobuf", "json"):
            sent, inbox = self.send_http({"encoding": encoding}, rounds=40, batch=7)
            self.expect_everything(sent, inbox)
            self.assertGreaterEqual(len(inbox.messages("logs")), 320 / 7)

    def test_https(self):
        self.expect_http(self.trusting(), "application/x-protobuf", "", certificates=self.trusted)

    def test_https_mutual_tls(self):
        self.expect_http(self.mutual() | {"encoding": "json"}, "application/json", "", certificates=self.trusted,
                         needs_client_certificate=True)

    def test_http_headers(self):
        headers = [{"name": name, "value": value} for name, value in HEADERS.items()]
        sent, inbox = self.send_http({"headers": headers})
        self.expect_everything(sent, inbox)
        for request in inbox.requests:
            self.assertEqual(request.headers, request.headers | HEADERS)

    def test_nothing_goes_to_a_server_that_is_not_trusted(self):
        once = {"retry": {"max_elapsed": "0ms"}}
        for send in (self.send_grpc, self.send_http):
            sent, inbox = send(self.trusting() | once, certificates=self.strange)
            self.expect_nothing(sent, inbox, {"retry_exhausted", "non_retryable"})

    def test_nothing_goes_without_the_client_certificate_that_is_asked_for(self):
        once = {"retry": {"max_elapsed": "0ms"}}
        for send in (self.send_grpc, self.send_http):
            sent, inbox = send(self.trusting() | once, certificates=self.trusted, needs_client_certificate=True)
            self.expect_nothing(sent, inbox, {"retry_exhausted", "non_retryable"})


class Files(ArrivalTest):
    def send(self, folder, rounds=1, batch=512, **options):
        def exporter(signal):
            return {"otlp_file/development": {"output_stream": f"file://{folder}/{signal}.jsonl"} | options}

        sent = Sent(telemetry_config(exporter, batch), rounds)
        inbox = Inbox()
        for signal in SIGNALS:
            for file in Path(folder).glob(f"{signal}.jsonl*"):
                for line in file.read_bytes().splitlines():
                    inbox.accept(signal, line, {}, is_json=True)
        return sent, inbox

    def test_every_line_is_a_request(self):
        with tempfile.TemporaryDirectory() as folder:
            self.expect_everything(*self.send(folder))
            self.assertEqual(sorted(file.name for file in Path(folder).iterdir() if file.suffix == ".jsonl"),
                             ["logs.jsonl", "metrics.jsonl", "traces.jsonl"])

    def test_rotation_loses_nothing(self):
        most = 40_000
        with tempfile.TemporaryDirectory() as folder:
            sent, inbox = self.send(folder, rounds=100, batch=10, max_bytes=most, backup_count=1_000)
            self.expect_everything(sent, inbox)
            rotated = [file for file in Path(folder).iterdir() if file.name.startswith(("traces.", "logs."))]
            self.assertGreater(len(rotated), 20)
            self.assertLessEqual(max(file.stat().st_size for file in rotated), most)


if __name__ == "__main__":
    unittest.main(verbosity=2)
