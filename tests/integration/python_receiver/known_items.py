"""What programs/otlp_sender.cpp records, as plain_items.py shows it: written down from the program's text and
OTLP's definitions, for the numbers of rounds."""

_START = 1_700_000_000_000_000_000
_REMOTE = "0102030405060708090a0b0c0d0e0f10-1112131415161718"
_STATE = "vendor=a,other=b"
# W3C's sampled and random, and of what is known to be local or remote (bits 8 and 9 of OTLP's flags).
_LOCAL_PARENT = 0x100
_REMOTE_PARENT = 0x300
_SAMPLED = 0x01
_RANDOM = 0x02
_INTERNAL, _SERVER, _CLIENT, _PRODUCER, _CONSUMER = range(1, 6)
_UNSET, _OK, _ERROR = range(3)
_DELTA, _CUMULATIVE = 1, 2

RESOURCE = {
    "service.name": ("string", "sender"),
    "shop.open": ("bool", True),
    "shop.floors": ("int", 3),
    "shop.area": ("double", "12.5"),
    "shop.doors": ("array", [("string", "north"), ("string", "south")]),
}
SCOPE = {"name": "sender", "version": "1.2.3", "schema_url": "https://opentelemetry.io/schemas/1.37.0",
         "attributes": {"scope.test": ("bool", True)}}
LOGGER_SCOPE = {"name": "sender.log", "version": "", "schema_url": "", "attributes": {}}


def _texts(*texts):
    return ("array", [("string", text) for text in texts])


ALL_TYPES = {
    "bool.true": ("bool", True),
    "bool.false": ("bool", False),
    "int.zero": ("int", 0),
    "int.least": ("int", -2**63),
    "int.most": ("int", 2**63 - 1),
    "unsigned.most": ("string", str(2**64 - 1)),
    "double": ("double", "0.1"),
    "double.tiny": ("double", "5e-324"),
    "double.whole": ("double", "3.0"),
    "double.minus_zero": ("double", "-0.0"),
    "double.infinite": ("double", "inf"),
    "double.nan": ("double", "nan"),
    "text.empty": ("string", ""),
    "text": ("string", "\u017elu\u0165 \U0001d11e \"quoted\" \\ / \n\t\x01\x7f"),
    "bytes": ("bytes", "AAH+/w=="),
    "bytes.empty": ("bytes", ""),
    "array.ints": ("array", [("int", 1), ("int", -2), ("int", 3)]),
    "array.doubles": ("array", [("double", "0.5"), ("double", "-1.5")]),
    "array.bools": ("array", [("bool", True), ("bool", False)]),
    "array.texts": _texts("a", "", "b"),
    "array.empty": ("array", []),
    "map": ("map", {"text": ("string", "t"), "number": ("int", 7), "map": ("map", {"deep": ("bool", True)})}),
    "map.empty": ("map", {}),
    "empty": ("empty", None),
}


def _at(milliseconds):
    return _START + milliseconds * 1_000_000


def _span(name, kind, round_number, **others):
    usual = {"name": name, "kind": kind, "parent": "receive", "trace_state": _STATE,
             "flags": _LOCAL_PARENT | _SAMPLED, "attributes": {"round": ("int", round_number)}, "events": [],
             "links": [], "status": (_UNSET, ""), "dropped": (0, 0, 0)}
    return usual | others


def spans_of_round(number):
    attributes = {"round": ("int", number)}
    remote_link = (_REMOTE, _STATE, _REMOTE_PARENT | _SAMPLED, {"why": ("string", "cause")})
    return [
        _span("receive", _SERVER, number, parent=_REMOTE, flags=_REMOTE_PARENT | _SAMPLED,
              attributes=attributes | ALL_TYPES, start=_at(0), end=_at(30)),
        _span("charge", _CLIENT, number, start=_at(10), end=_at(20), links=[remote_link],
              events=[("retried", _at(11), {"attempt": ("int", 2)}), ("gave up", _at(12), {})],
              status=(_ERROR, "card declined")),
        _span("notify", _PRODUCER, number, start=_at(21), end=_at(22), status=(_OK, "")),
        _span("žádost 𝄞", _CONSUMER, number, parent="", trace_state="", flags=_LOCAL_PARENT | _SAMPLED | _RANDOM,
              start=_at(23), end=_at(24), links=[("charge", _STATE, _LOCAL_PARENT | _SAMPLED, {})]),
        _span("store", _INTERNAL, number, start=_at(25), end=_at(26)),
    ]


def logs_of_round(number):
    levels = [("TRACE", 1), ("DEBUG", 5), ("INFO", 9), ("WARNING", 13), ("ERROR", 17), ("CRITICAL", 21)]
    flags = _SAMPLED
    usual = {"event_name": "", "span": "charge", "flags": flags, "dropped": 0}
    attributes = {"round": ("int", number)}
    leveled = [usual | {"severity": (severity, text), "body": ("string", f"a record of level {text}, {number}"),
                        "attributes": attributes | ALL_TYPES} for text, severity in levels]
    event = usual | {"severity": (9, "INFO"), "body": ("string", "charged 12.5 EUR"), "event_name": "order.charged",
                     "attributes": attributes, "span": "", "flags": 0}
    plain = usual | {"severity": (13, "WARNING"), "body": ("string", f"\u017elu\u0165 \"{number}\""),
                     "attributes": {}, "span": "", "flags": 0}
    return [*leveled, event, plain]


def _sum(unit, kind, values, **others):
    points = [{"attributes": attributes, "value": (kind, value), "exemplars": []} for attributes, value in values]
    return {"unit": unit, "description": "", "kind": "sum", "temporality": _CUMULATIVE, "monotonic": True,
            "points": points} | others


def _gauge(unit, kind, value):
    points = [{"attributes": {}, "value": (kind, value), "exemplars": []}]
    return {"unit": unit, "description": "", "kind": "gauge", "temporality": None, "monotonic": None,
            "points": points}


def _currency(name):
    return {"currency": ("string", name)}


def _exponential_buckets(rounds):
    """Of 1, 2 and 4 in at most 160 buckets: at scale 6, where 64 buckets double the value."""
    buckets = [0] * 129
    for index in (0, 64, 128):
        buckets[index] = rounds
    return {"attributes": {}, "count": 3 * rounds, "sum": 7.0 * rounds, "min": 1.0, "max": 4.0, "scale": 6,
            "zeros": 0, "offset": -1, "buckets": buckets, "negative": []}


def metrics_of(rounds):
    """Without exemplars but where they are certain: of a round's last measurement in each bucket."""
    return {
        "orders": _sum("{order}", "int", [(_currency("EUR"), 3 * rounds), (_currency("USD"), 4 * rounds)],
                       description="Orders that were charged"),
        "revenue": _sum("EUR", "double", [({}, 12.5 * rounds)]),
        "open": _sum("{order}", "int", [({}, 3 * rounds)], monotonic=False),
        "sent": _sum("By", "int", [({}, 1000)]),
        "waiting": _sum("{order}", "int", [({}, -3)], monotonic=False),
        "temperature": _gauge("Cel", "double", 21.5),
        "floor": _gauge("1", "int", -7),
        "load": _gauge("1", "double", 0.75),
        "duration": {
            "unit": "s", "description": "", "kind": "histogram", "temporality": _CUMULATIVE, "monotonic": None,
            "points": [{"attributes": {}, "count": 4 * rounds, "sum": 55.5625 * rounds, "min": 0.0625, "max": 50.0,
                        "bounds": [0.1, 1.0, 10.0], "buckets": [rounds] * 4,
                        "exemplars": [(0.0625, "charge"), (0.5, "charge"), (5.0, "charge"), (50.0, "charge")]}],
        },
        "size": {"unit": "By", "description": "", "kind": "exponential_histogram", "temporality": _CUMULATIVE,
                 "monotonic": None, "points": [_exponential_buckets(rounds) | {"exemplars": []}]},
    }
