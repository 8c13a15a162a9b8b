"""Answers: one module per question an analyst asks, each with words, tables, charts and a trace."""

from offramp.answers._answer import Answer, Chart, Column, Support, Table, Trace, answer_from
from offramp.answers._comparison import Comparison, compare
from offramp.answers.bluff import bluff
from offramp.answers.certainty import certified, describe_certificate
from offramp.answers.coalition import coalition
from offramp.answers.contribution import contribution
from offramp.answers.deal import deal
from offramp.answers.design import design
from offramp.answers.deter import deter
from offramp.answers.discover import discover
from offramp.answers.experts import experts
from offramp.answers.forecasts import forecast_ledger, forecasts
from offramp.answers.futures import futures
from offramp.answers.leverage import leverage
from offramp.answers.offensive import offensive
from offramp.answers.plans import compare_plans, describe
from offramp.answers.robust import robust
from offramp.answers.sensitivity import sensitivity
from offramp.answers.stress import stress
from offramp.answers.watch import watch

__all__ = [
    "Answer",
    "Chart",
    "Column",
    "Comparison",
    "Support",
    "Table",
    "Trace",
    "answer_from",
    "bluff",
    "certified",
    "coalition",
    "compare",
    "compare_plans",
    "contribution",
    "deal",
    "describe",
    "describe_certificate",
    "design",
    "deter",
    "discover",
    "experts",
    "forecast_ledger",
    "forecasts",
    "futures",
    "leverage",
    "offensive",
    "robust",
    "sensitivity",
    "stress",
    "watch",
]
