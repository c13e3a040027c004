"""What a receiver took, request by request, and what it has to say against it."""

import threading
from dataclasses import dataclass

from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from .otlp_json import parse_otlp_json


@dataclass(frozen=True)
class Signal:
    """How a signal's requests are named, in gRPC and HTTP."""

    service: str
    path: str
    request: type
    response: type


SIGNALS = {
    "traces": Signal("opentelemetry.proto.collector.trace.v1.TraceService", "/v1/traces",
                     trace_service_pb2.ExportTraceServiceRequest, trace_service_pb2.ExportTraceServiceResponse),
    "logs": Signal("opentelemetry.proto.collector.logs.v1.LogsService", "/v1/logs",
                   logs_service_pb2.ExportLogsServiceRequest, logs_service_pb2.ExportLogsServiceResponse),
    "metrics": Signal("opentelemetry.proto.collector.metrics.v1.MetricsService", "/v1/metrics",
                      metrics_service_pb2.ExportMetricsServiceRequest,
                      metrics_service_pb2.ExportMetricsServiceResponse),
}


@dataclass(frozen=True)
class Request:
    """One of any signal. `content_encoding` is HTTP's; gRPC's library undoes and hides that of its messages."""

    signal: str
    headers: dict
    content_encoding: str
    message: Message
    items: int


def spans_of(message):
    return [span for resource in message.resource_spans for scope in resource.scope_spans for span in scope.spans]


def logs_of(message):
    return [log for resource in message.resource_logs for scope in resource.scope_logs for log in scope.log_records]


def metrics_of(message):
    return [metric for resource in message.resource_metrics for scope in resource.scope_metrics
            for metric in scope.metrics]


def points_of(metric):
    return getattr(metric, metric.WhichOneof("data")).data_points


def count_items(signal, message):
    """Spans, log records or metric points."""
    if signal == "traces":
        return len(spans_of(message))
    if signal == "logs":
        return len(logs_of(message))
    return sum(len(points_of(metric)) for metric in metrics_of(message))


def _has_unknown_fields(message):
    if len(UnknownFieldSet(message)) > 0:
        return True
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            if any(map(_has_unknown_fields, value if field.is_repeated else [value])):
                return True
    return False


def decode(signal, body, is_json):
    """The request of such bytes; raises ValueError on what is none or has fields that the protos do not know."""
    message = SIGNALS[signal].request()
    try:
        if is_json:
            parse_otlp_json(body.decode("utf-8"), message)
        else:
            message.ParseFromString(body)
    except (DecodeError, ValueError) as error:
        raise ValueError(f"{signal}: {error}") from error
    if _has_unknown_fields(message):
        raise ValueError(f"{signal}: fields that the protos do not know in {message}")
    return message


class Inbox:
    """Filled by a receiver's threads; read it when the sender has ended."""

    def __init__(self):
        self._lock = threading.Lock()
        self.requests = []
        self.complaints = []

    def accept(self, signal, body, headers, content_encoding="", is_json=False):
        """Keeps a request; raises ValueError, which is kept, too, when it is malformed or empty."""
        try:
            message = decode(signal, body, is_json)
            items = count_items(signal, message)
            if items == 0:
                raise ValueError(f"{signal}: a request of nothing")
        except ValueError as error:
            self.complain(str(error))
            raise
        with self._lock:
            self.requests.append(Request(signal, headers, content_encoding, message, items))

    def complain(self, text):
        with self._lock:
            self.complaints.append(text)

    def messages(self, signal):
        return [request.message for request in self.requests if request.signal == signal]

    def items(self, signal):
        return sum(request.items for request in self.requests if request.signal == signal)
