#!/usr/bin/env python3
"""Makes orders.jsonl: 10,000 orders, one JSON object a line, of which 100 are bad in five ways, 20 each.

The same seed gives the same bytes on every machine: only random.Random's integers are used.
Usage: make_orders.py [FILE]   (default: orders.jsonl beside this script; `-` is standard output)
"""

import json
import pathlib
import random
import sys

SEED = 20261122
ORDERS = 10_000
BAD_OF_EACH_KIND = 20
CURRENCIES = ["EUR", "USD", "GBP"]
UNKNOWN_CURRENCIES = ["XAU", "BTC", "ZZZ", ""]


def good_order(number, rng):
    return {
        "id": f"o-{number:05d}",
        "currency": CURRENCIES[rng.randrange(len(CURRENCIES))],
        "amount": rng.randrange(100, 50_000) / 100,
    }


def broken_json(order, rng):
    text = json.dumps(order)
    return text[: rng.randrange(1, len(text))]


def missing_field(order, rng):
    del order[["id", "currency", "amount"][rng.randrange(3)]]
    return json.dumps(order)


def wrong_type(order, rng):
    field, value = [("id", 17), ("currency", ["EUR"]), ("amount", "12.50"), ("amount", None)][rng.randrange(4)]
    order[field] = value
    return json.dumps(order)


def non_positive_amount(order, rng):
    order["amount"] = -order["amount"] if rng.randrange(2) else 0
    return json.dumps(order)


def unknown_currency(order, rng):
    order["currency"] = UNKNOWN_CURRENCIES[rng.randrange(len(UNKNOWN_CURRENCIES))]
    return json.dumps(order)


WAYS_TO_BE_BAD = [broken_json, missing_field, wrong_type, non_positive_amount, unknown_currency]


def lines():
    rng = random.Random(SEED)
    bad_numbers = []
    while len(bad_numbers) < BAD_OF_EACH_KIND * len(WAYS_TO_BE_BAD):
        number = rng.randrange(1, ORDERS + 1)
        if number not in bad_numbers:
            bad_numbers.append(number)
    spoil = {number: WAYS_TO_BE_BAD[i % len(WAYS_TO_BE_BAD)] for i, number in enumerate(bad_numbers)}
    for number in range(1, ORDERS + 1):
        order = good_order(number, rng)
        yield spoil[number](order, rng) if number in spoil else json.dumps(order)


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else str(pathlib.Path(__file__).with_name("orders.jsonl"))
    text = "".join(line + "\n" for line in lines())
    if name == "-":
        sys.stdout.write(text)
    else:
        pathlib.Path(name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
