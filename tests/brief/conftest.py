"""The sample brief, rendered once for all tests that read its page."""

from __future__ import annotations

import pytest
from tests.brief.brief_sample import sample_brief

from offramp.brief import Brief


@pytest.fixture(scope="session")
def brief() -> Brief:
    return sample_brief()


@pytest.fixture(scope="session")
def page(brief: Brief) -> str:
    return brief.to_html()
