"""Answers: one module per question an analyst asks, each with words, tables, charts and a trace."""

from offramp.answers._answer import Answer, Chart, Column, Support, Table, Trace
from offramp.answers._comparison import Comparison, compare
from offramp.answers.certainty import certified, describe_certificate
from offramp.answers.deal import deal
from offramp.answers.leverage import leverage
from offramp.answers.plans import compare_plans, describe

__all__ = [
    "Answer",
    "Chart",
    "Column",
    "Comparison",
    "Support",
    "Table",
    "Trace",
    "certified",
    "compare",
    "compare_plans",
    "deal",
    "describe",
    "describe_certificate",
    "leverage",
]
