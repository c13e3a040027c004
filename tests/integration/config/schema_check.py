#!/usr/bin/env python3
"""Says which YAML files a JSON Schema accepts.

Usage: schema_check.py SCHEMA FILE...   one line `accepted FILE` or `rejected FILE: why` for each.
Status 77 where Python's jsonschema or yaml is not there.
"""

import json
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)


class Yaml12Loader(yaml.SafeLoader):
    """YAML 1.2's core schema, where PyYAML has YAML 1.1's."""


Yaml12Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
        ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
        ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
        ("float", r"^[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
        ("merge", r"^<<$", "<"),
        ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""])):
    Yaml12Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


MOST_VALUES = 100_000  # as the reader has it, aliases counted each time


def size_of(content, known):
    """How many values there are, those of an alias counted each time it is used."""
    if id(content) not in known:
        parts = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
        known[id(content)] = 1 + sum(size_of(part, known) for part in parts)
    return known[id(content)]


def verdict(validator, path):
    """Null where the schema accepts the file, else why not."""
    try:
        with open(path, encoding="utf-8") as file:
            content = yaml.load(file, Yaml12Loader)
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, ValueError) as trouble:
        return f"no YAML: {trouble}".splitlines()[0]
    try:
        if size_of(content, {}) > MOST_VALUES:
            return "too many values"
    except RecursionError:
        return "it contains itself"
    error = next(validator.iter_errors(content), None)
    return error and f"{'/'.join(map(str, error.absolute_path))}: {error.message}".splitlines()[0][:200]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in sys.argv[2:]:
        why = verdict(validator, path)
        print(f"rejected {path}: {why}" if why else f"accepted {path}")


if __name__ == "__main__":
    main()
