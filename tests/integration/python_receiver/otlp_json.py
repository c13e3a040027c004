"""OTLP's JSON, which differs from protobuf's own in that ids are hexadecimal, enums numbers, and keys
lowerCamelCase only (specification: OTLP, JSON Protobuf encoding)."""

import base64
import json
import re

from google.protobuf import json_format

_IDS = {"traceId": 32, "spanId": 16, "parentSpanId": 16}
_ENUMS = {"kind", "code", "severityNumber", "aggregationTemporality"}
_KEY = re.compile(r"[a-z][A-Za-z0-9]*")


def _base64_of(key, text):
    if not isinstance(text, str) or len(text) not in (0, _IDS[key]):
        raise ValueError(f"{key} is {text!r}")
    return base64.b64encode(bytes.fromhex(text)).decode("ascii")


def _as_protobuf_has_it(node):
    if isinstance(node, list):
        return [_as_protobuf_has_it(one) for one in node]
    if not isinstance(node, dict):
        return node
    changed = {}
    for key, value in node.items():
        if not _KEY.fullmatch(key):
            raise ValueError(f"the key {key!r} is not in lowerCamelCase")
        if key in _ENUMS and not isinstance(value, int):
            raise ValueError(f"{key} is {value!r}, no number")
        changed[key] = _base64_of(key, value) if key in _IDS else _as_protobuf_has_it(value)
    return changed


def _once_each(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError(f"a key twice in {pairs}")
    return dict(pairs)


def parse_otlp_json(text, message):
    """Fills the message; raises ValueError or json_format.ParseError on what is not OTLP's JSON, unknown keys
    included."""
    node = json.loads(text, object_pairs_hook=_once_each)
    return json_format.ParseDict(_as_protobuf_has_it(node), message, ignore_unknown_fields=False)
