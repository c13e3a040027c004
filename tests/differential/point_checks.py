"""Compares what an engine collected with what exact_metrics.py says."""

from collections import Counter
from fractions import Fraction

import exact_metrics
from exact_metrics import CUMULATIVE, LIMIT, LIMITED, MOST_SCALE, STREAMS, SYNCHRONOUS, Total

OVERFLOW = "otel.metric.overflow"


def buckets_of(row):
    return {row["offset"] + i: count for i, count in enumerate(row["counts"]) if count}


def at_scale(row, scale):
    """Buckets at MOST_SCALE as those of a lesser scale."""
    coarse = Counter()
    for index, count in row.items():
        coarse[index >> (MOST_SCALE - scale)] += count
    return dict(coarse)


class PointCheck:
    """Checks the points of a collection. `complain` is called with what is wrong."""

    def __init__(self, complain):
        self.complain = complain
        self.compared = Counter()  # points, by stream

    def collection(self, reader, points, observed):
        by_stream = {}
        for point in points:
            of_stream = by_stream.setdefault(point["p"], {})
            if point["key"] in of_stream:
                self.complain(f"reader {reader.number}: two points of {point['p']} {point['key']}")
            of_stream[point["key"]] = point
        for instrument, streams in enumerate(STREAMS):
            for stream in streams:
                own = by_stream.pop(stream.name, {})
                self.compared[stream.name] += len(own)
                if instrument < SYNCHRONOUS:
                    self._synchronous(stream, reader, own)
                else:
                    self._observed(stream, reader, own, observed[instrument])
        for name in by_stream:
            self.complain(f"reader {reader.number}: a stream {name} that nobody asked for")

    def _synchronous(self, stream, reader, points):
        delta = exact_metrics.is_delta(stream, reader.number)
        of_stream = {key: total for (name, key), total in reader.all.items() if name == stream.name}
        if reader.number == LIMITED:
            of_stream = self._with_overflow(of_stream, points, stream)
        for key, everything in of_stream.items():
            total = reader.since.get((stream.name, key)) if delta else everything
            where = f"reader {reader.number}, {stream.name} {key}"
            point = points.pop(key, None)
            if total is None or (point is None and delta and stream.kind == "sum" and total.units == 0):
                if point is not None and point.get("value") != 0:
                    self.complain(f"{where}: a point of nothing new")
                continue
            if point is None:
                self.complain(f"{where}: no point")
                continue
            if point["delta"] != delta:
                self.complain(f"{where}: the other temporality")
            self._point(stream, point, total, everything, where)
        for key in points:
            self.complain(f"reader {reader.number}, {stream.name} {key}: was never recorded")

    def _with_overflow(self, all_totals, points, stream):
        """Sets beyond the limit, whichever they are, are one."""
        kept = {}
        rest = Total()
        for key, total in all_totals.items():
            if key in points:
                kept[key] = total
            else:
                rest.add(total)
        if len(kept) != min(LIMIT, len(all_totals)):
            self.complain(f"{stream.name}: {len(kept)} sets of {len(all_totals)} have points of their own")
        if rest.count > 0:
            kept[OVERFLOW] = rest
        return kept

    def _point(self, stream, point, total, everything, where):
        if stream.kind in ("sum", "last"):
            wanted = total.units if stream.kind == "sum" else exact_metrics.exact(total.last[1])
            if exact_metrics.exact(point["value"]) != wanted:
                self.complain(f"{where}: {point['value']} and not {float(exact_metrics.as_fraction(wanted))}")
            return
        for name, wanted in (("count", total.count), ("min", total.minimum), ("max", total.maximum)):
            if point[name] != wanted:
                self.complain(f"{where}: {name} {point[name]} and not {wanted}")
        self._sum(stream, point, total, everything, where)
        if stream.kind == "explicit":
            wanted = [total.buckets.get(i, 0) for i in range(len(stream.bounds) + 1)]
            if point["buckets"] != wanted:
                self.complain(f"{where}: buckets {point['buckets']} and not {wanted}")
        else:
            self._exponential(stream, point, total, everything, where)

    # Values of any size do not add up exactly: an addition is off by half a unit in the last place at most.
    def _sum(self, stream, point, total, everything, where):
        margin = 0
        if stream.name == "histogram.edges":
            margin = everything.magnitude * (everything.count + 8) >> 52
        if abs(exact_metrics.exact(point["sum"]) - total.units) > margin:
            self.complain(f"{where}: sum {point['sum']} and not {float(exact_metrics.as_fraction(total.units))}")

    # The buckets of what is new are as wide as those of all.
    def _exponential(self, stream, point, total, everything, where):
        scale = everything.scale(stream.max_size)
        if point["scale"] != scale:
            self.complain(f"{where}: scale {point['scale']} and not {scale}")
            return
        if point["zero"] != total.zero:
            self.complain(f"{where}: {point['zero']} zeros and not {total.zero}")
        for name, row in (("positive", total.positive), ("negative", total.negative)):
            wanted = at_scale(row, scale)
            if buckets_of(point[name]) != wanted:
                self.complain(f"{where}: {name} buckets {point[name]} and not {wanted} at scale {scale}")

    def _observed(self, stream, reader, points, values):
        delta = exact_metrics.is_delta(stream, reader.number)
        known = reader.observed.setdefault(stream.name, {})
        last = dict(known)
        known.update(values)  # a set that was not observed for a while goes on from where it was
        if reader.number == LIMITED and len(values) > LIMIT:
            values = self._observed_overflow(stream, points, values)
        for key, value in values.items():
            wanted = Fraction(value) - Fraction(last.get(key, 0)) if delta else Fraction(value)
            if wanted < 0 and stream.instrument == "observed counter":  # it began anew
                wanted = Fraction(value)
            point = points.pop(key, None)
            if point is None or Fraction(point["value"]) != wanted or point["delta"] != delta:
                self.complain(f"reader {reader.number}, {stream.name} {key}: {point} and not {float(wanted)}")
        for key in points:
            if key != OVERFLOW or stream.kind != "last":
                self.complain(f"reader {reader.number}, {stream.name} {key}: is not observed")

    def _observed_overflow(self, stream, points, values):
        kept = {key: value for key, value in values.items() if key in points}
        if len(kept) != LIMIT:
            self.complain(f"{stream.name}: {len(kept)} observed sets have points of their own")
        if stream.kind == "sum":
            kept[OVERFLOW] = sum((Fraction(value) for key, value in values.items() if key not in kept), Fraction(0))
        elif OVERFLOW not in points:
            self.complain(f"{stream.name}: no point of the sets beyond the limit")
        return kept


READERS = (exact_metrics.DELTA, CUMULATIVE, exact_metrics.LOW_MEMORY, LIMITED)
