"""What the operations of a differential run must come to, by exact arithmetic: integers and nothing else.

Doubles are multiples of 2^-1074, so a sum is a whole number of those. A bucket of an exponential histogram is
found by the digits of the value's binary logarithm, which repeated squaring gives, between two bounds that are
made narrower until they agree.
"""

import bisect
import math
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

UNIT = 1074  # sums are counted in 2^-UNIT
MOST_SCALE = 20
DEFAULT_BOUNDS = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000]
OWN_BOUNDS = [0, 0.5, 1, 2, 4, 8, 16, 32, 63.984375]
DELTA, CUMULATIVE, LOW_MEMORY, LIMITED = range(4)
LIMIT = 50


@dataclass(frozen=True)
class Stream:
    name: str
    kind: str  # sum, last, explicit, exponential
    instrument: str  # counter, updown, histogram, gauge
    bounds: tuple = ()
    max_size: int = 160
    by_kind: bool = False


# By the number of the instrument, as in script.hpp.
STREAMS = [
    [Stream("counter.int", "sum", "counter")],
    [Stream("counter.double", "sum", "counter", by_kind=True)],
    [Stream("updown.int", "sum", "updown")],
    [Stream("updown.double", "sum", "updown")],
    [
        Stream("histogram.double", "explicit", "histogram", tuple(OWN_BOUNDS)),
        Stream("histogram.double.exponential", "exponential", "histogram"),
    ],
    [
        Stream("histogram.int", "explicit", "histogram", tuple(DEFAULT_BOUNDS)),
        Stream("histogram.int.sum", "sum", "histogram"),
    ],
    [Stream("histogram.edges", "exponential", "histogram", max_size=20)],
    [Stream("gauge.double", "last", "gauge")],
    [Stream("gauge.int", "last", "gauge")],
    [Stream("observed.counter.int", "sum", "observed counter")],
    [Stream("observed.updown.double", "sum", "updown")],
    [Stream("observed.gauge.double", "last", "gauge")],
    [Stream("observed.counter.double", "sum", "observed counter")],
]
SYNCHRONOUS = 9


def is_delta(stream, reader):
    if stream.instrument in ("counter", "histogram"):
        return reader in (DELTA, LOW_MEMORY)
    return stream.instrument == "observed counter" and reader == DELTA


def exact(number):
    """The number in units of 2^-UNIT."""
    numerator, denominator = number.as_integer_ratio()
    return numerator << (UNIT - denominator.bit_length() + 1)


def as_fraction(units):
    return Fraction(units, 1 << UNIT)


def exponential_index(value, scale=MOST_SCALE):
    """The greatest i with 2^(i / 2^scale) < value, of a double above zero."""
    fraction, exponent = math.frexp(value)  # in [0.5, 1)
    octave = exponent - 1
    if fraction == 0.5:  # a power of two is the upper bound of its bucket
        return (octave << scale) - 1
    digits = 160
    while True:
        index = _digits_of_logarithm(int(fraction * (1 << 53)), octave, scale, digits)
        if index is not None:
            return index
        digits *= 2


def _digits_of_logarithm(fraction, octave, scale, digits):
    low = high = fraction << (digits - 52)  # twice the fraction, in [1, 2)
    two = 2 << digits
    index = octave
    for _ in range(scale):
        low = low * low >> digits
        high = -(-high * high >> digits)
        if low >= two:
            index = 2 * index + 1
            low >>= 1
            high = -(-high >> 1)
        elif high < two:
            index = 2 * index
        else:
            return None
    return index


@dataclass
class Total:
    """What a series was given: all of it, of one kind of stream."""

    count: int = 0
    units: int = 0
    magnitude: int = 0
    zero: int = 0
    minimum: float = math.inf
    maximum: float = -math.inf
    last: tuple = (-1, 0)  # when, and the value
    buckets: Counter = field(default_factory=Counter)  # explicit
    positive: Counter = field(default_factory=Counter)  # by index at MOST_SCALE
    negative: Counter = field(default_factory=Counter)

    def add(self, other):
        self.count += other.count
        self.units += other.units
        self.magnitude += other.magnitude
        self.zero += other.zero
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)
        self.last = max(self.last, other.last)
        self.buckets.update(other.buckets)
        self.positive.update(other.positive)
        self.negative.update(other.negative)

    def record(self, stream, when, value, facts):
        self.count += 1
        self.units += facts.units
        if stream.kind == "sum":
            return
        if stream.kind == "last":
            self.last = (when, value)
            return
        self.minimum = min(self.minimum, value)
        self.maximum = max(self.maximum, value)
        if stream.kind == "explicit":
            self.buckets[bisect.bisect_left(stream.bounds, value)] += 1
        else:
            self.magnitude += abs(facts.units)
            if value == 0:
                self.zero += 1
            else:
                (self.negative if value < 0 else self.positive)[facts.index()] += 1

    def scale(self, max_size):
        """The greatest at which the buckets of either sign fit."""
        shift = 0
        for row in (self.positive, self.negative):
            while row and (max(row) >> shift) - (min(row) >> shift) >= max_size:
                shift += 1
        return MOST_SCALE - shift


class Facts:
    """Of a value, each worked out once."""

    known: dict = {}

    def __init__(self, value):
        self.value = value
        self.units = exact(value)
        self._index = None

    @classmethod
    def of(cls, value):
        if value not in cls.known:
            cls.known[value] = cls(value)
        return cls.known[value]

    def index(self):
        if self._index is None:
            self._index = exponential_index(abs(self.value))
        return self._index


class Reader:
    """What a reader has seen of each series: all, and since its last collection."""

    def __init__(self, number):
        self.number = number
        self.done = 0  # of the operations
        self.all = {}  # by stream's name and key
        self.since = {}
        self.observed = {}  # the last ones, by stream's name and key

    def take_in(self, operations):
        self.since = {}
        for when in range(self.done, len(operations)):
            instrument, number, value = operations[when]
            facts = Facts.of(value)
            for stream in STREAMS[instrument]:
                key = (stream.name, f"k{number % 7}" if stream.by_kind else str(number))
                total = self.since.get(key)
                if total is None:
                    total = self.since[key] = Total()
                total.record(stream, when, value, facts)
        self.done = len(operations)
        for key, total in self.since.items():
            self.all.setdefault(key, Total()).add(total)
