"""Spans, log records and metrics as plain values that can be compared: no ids but those of what is known, no
times of now. A value of an attribute is its type and itself, so that 1, 1.0 and "1" differ."""

import base64

from .inbox import logs_of, metrics_of, points_of, spans_of


def _value(any_value):
    kind = any_value.WhichOneof("value")
    if kind is None:
        return ("empty", None)
    value = getattr(any_value, kind)
    if kind == "array_value":
        return ("array", [_value(one) for one in value.values])
    if kind == "kvlist_value":
        return ("map", _attributes(value.values))
    if kind == "double_value":
        return ("double", repr(value))  # NaN equals itself, -0.0 not 0.0
    if kind == "bytes_value":
        return ("bytes", base64.b64encode(value).decode())
    return (kind.removesuffix("_value"), value)


def _attributes(entries):
    plain = {entry.key: _value(entry.value) for entry in entries}
    if len(plain) != len(entries):
        raise ValueError(f"a key twice in {entries}")
    return plain


def _origins(messages, resources, scopes):
    """(resource's attributes, scope, the scope's part of a message) for each."""
    for message in messages:
        for of_resource in getattr(message, resources):
            for of_scope in getattr(of_resource, scopes):
                scope = {"name": of_scope.scope.name, "version": of_scope.scope.version,
                         "schema_url": of_scope.schema_url, "attributes": _attributes(of_scope.scope.attributes)}
                yield _attributes(of_resource.resource.attributes), scope, of_scope


def origins_of(signal, messages):
    """The pairs of resource and scope of everything of a signal."""
    names = {"traces": ("resource_spans", "scope_spans"), "logs": ("resource_logs", "scope_logs"),
             "metrics": ("resource_metrics", "scope_metrics")}[signal]
    return [(resource, scope) for resource, scope, _ in _origins(messages, *names)]


class Names:
    """Of the spans by their ids; an id of no span is its own name, in hex, and none is empty."""

    def __init__(self, messages):
        self._names = {}
        for message in messages:
            for span in spans_of(message):
                if len(span.trace_id) != 16 or len(span.span_id) != 8 or span.span_id in self._names:
                    raise ValueError(f"ids of {span}")
                self._names[span.span_id] = (span.trace_id, span.name)

    def of(self, trace_id, span_id):
        if not span_id:
            return ""
        known_trace, name = self._names.get(span_id, (trace_id, f"{trace_id.hex()}-{span_id.hex()}"))
        if known_trace != trace_id:
            raise ValueError(f"{name} is in another trace than what refers to it")
        return name


def plain_spans(messages):
    names = Names(messages)
    return [{
        "name": span.name,
        "kind": span.kind,
        "parent": names.of(span.trace_id, span.parent_span_id),
        "trace_state": span.trace_state,
        "flags": span.flags,
        "start": span.start_time_unix_nano,
        "end": span.end_time_unix_nano,
        "attributes": _attributes(span.attributes),
        "events": [(one.name, one.time_unix_nano, _attributes(one.attributes)) for one in span.events],
        "links": [(names.of(one.trace_id, one.span_id), one.trace_state, one.flags, _attributes(one.attributes))
                  for one in span.links],
        "status": (span.status.code, span.status.message),
        "dropped": (span.dropped_attributes_count, span.dropped_events_count, span.dropped_links_count),
    } for message in messages for span in spans_of(message)]


def plain_logs(messages, names):
    """Beside each record its times, which are of now: (record, time, observed time)."""
    return [({
        "severity": (log.severity_number, log.severity_text),
        "body": _value(log.body),
        "event_name": log.event_name,
        "attributes": _attributes(log.attributes),
        "span": names.of(log.trace_id, log.span_id),
        "flags": log.flags,
        "dropped": log.dropped_attributes_count,
    }, log.time_unix_nano, log.observed_time_unix_nano) for message in messages for log in logs_of(message)]


def _plain_point(point, kind, names):
    plain = {"attributes": _attributes(point.attributes)}
    if kind in ("sum", "gauge"):
        number = point.WhichOneof("value")
        plain["value"] = (number.removeprefix("as_"), getattr(point, number))
    else:
        plain.update(count=point.count, sum=point.sum, min=point.min, max=point.max)
    if kind == "histogram":
        plain.update(bounds=list(point.explicit_bounds), buckets=list(point.bucket_counts))
    if kind == "exponential_histogram":
        plain.update(scale=point.scale, zeros=point.zero_count, offset=point.positive.offset,
                     buckets=list(point.positive.bucket_counts), negative=list(point.negative.bucket_counts))
    plain["exemplars"] = sorted((getattr(one, one.WhichOneof("value")), names.of(one.trace_id, one.span_id))
                                for one in point.exemplars)
    return plain


def plain_metrics(messages, names):
    """Of each metric's name what it is and its points, which are in the order of their attributes."""
    plain = {}
    for message in messages:
        for metric in metrics_of(message):
            kind = metric.WhichOneof("data")
            data = getattr(metric, kind)
            points = sorted((_plain_point(point, kind, names) for point in points_of(metric)),
                            key=lambda point: repr(point["attributes"]))
            if metric.name in plain:
                raise ValueError(f"the metric {metric.name} twice")
            plain[metric.name] = {"unit": metric.unit, "description": metric.description, "kind": kind,
                                  "temporality": getattr(data, "aggregation_temporality", None),
                                  "monotonic": getattr(data, "is_monotonic", None), "points": points}
    return plain
