# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Figures as Prometheus reads them from a file: the text exposition format, version 0.0.4. Pure.

Source: prometheus.io, "Exposition formats" and "Metric and label naming". Base units, so bytes and not bits; a figure
that is not known is left out, since a sample can't say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*")
KINDS = ("gauge", "counter")


@dataclass(frozen=True)
class Sample:
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class Metric:
    """One name with its samples. Raises ``ValueError`` for what a reader would refuse."""

    name: str
    kind: str
    words: str
    samples: Sequence[Sample]

    def __post_init__(self) -> None:
        if not _METRIC.fullmatch(self.name) or self.kind not in KINDS:
            raise ValueError(f"{self.name}: no name of a metric, or no kind of one: {self.kind}")
        if (self.kind == "counter") != self.name.endswith("_total"):
            raise ValueError(f"{self.name}: counters, and nothing else, end in _total")
        seen = set()
        for sample in self.samples:
            key = tuple(sorted(sample.labels.items()))
            if key in seen or not all(_LABEL.fullmatch(label) for label in sample.labels):
                raise ValueError(f"{self.name}: a sample comes twice, or a label has no name: {sorted(sample.labels)}")
            seen.add(key)


def exposition(metrics: Iterable[Metric]) -> str:
    """The whole file. A metric without samples is left out."""
    return "".join(_text(metric) for metric in metrics if metric.samples)


def _text(metric: Metric) -> str:
    lines = [f"# HELP {metric.name} {_help(metric.words)}", f"# TYPE {metric.name} {metric.kind}"]
    lines += [f"{metric.name}{_labels(sample.labels)} {_number(sample.value)}" for sample in metric.samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{escaped(text)}"' for name, text in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def escaped(text: str) -> str:
    """A label's value. Half a surrogate pair, which UTF-8 can't hold, becomes a question mark."""
    whole = text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
    return whole.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _help(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
