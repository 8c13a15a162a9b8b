"""The page: self-contained, escaped, linked from every figure to its inputs, safely saved."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.brief.brief_sample import leverage, sample_brief, waiting

from offramp.answers._answer import Support, Table
from offramp.brief import Brief, Source
from offramp.brief.html import anchor, css_string

HOSTILE = "</style></title><script>alert(1)</script><img src=x onerror=alert(2)>"
BIGGEST = 3_000_000
"""Bytes that a brief may weigh: it travels by mail."""


class Reader(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.ids = [a["id"] for _, a in self.tags if a.get("id")]

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.tags if t == tag]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_loads_nothing_and_runs_nothing(page: str) -> None:
    reader = Reader(page)
    assert not {"script", "link", "img", "iframe", "object", "embed"} & {t for t, _ in reader.tags}
    assert not [a for _, a in reader.tags if a.keys() & {"src", "srcset", "data", "action"}]
    assert not [k for _, a in reader.tags for k in a if k.startswith("on")]
    assert "default-src 'none'" in page
    assert "@import" not in page
    assert not re.findall(r"url\((?!#)", page)


def test_only_the_list_of_sources_links_outward(page: str) -> None:
    outward = [a for t, a in Reader(page).tags if (a.get("href") or "#")[0] != "#" and t != "meta"]
    assert [a["class"] for a in outward] == ["url"]
    start = page.index('<section id="sources">')
    assert page.index('class="url"') > start


def test_the_page_fits_in_a_mail(page: str) -> None:
    assert len(page.encode()) < BIGGEST


def test_hostile_text_stays_text_everywhere() -> None:
    chart = replace(waiting(), title=HOSTILE, subtitle=HOSTILE, alt=HOSTILE)
    spec = dict(chart.spec)
    label = {
        "data": {"values": [{"label": HOSTILE}]},
        "mark": {"type": "text"},
        "encoding": {"text": {"field": "label", "type": "nominal"}},
    }
    spec["layer"] = [*spec["layer"], label]
    answer = replace(
        leverage(), charts=(replace(chart, spec=spec),), headline=HOSTILE, paragraphs=(HOSTILE,)
    )
    page = sample_brief(
        title=HOSTILE,
        handling=HOSTILE,
        case=HOSTILE,
        answers=(answer,),
        why_no_deal=HOSTILE,
        sources=(Source(HOSTILE, HOSTILE, url="javascript:alert(3)"),),
    ).to_html()
    reader = Reader(page)
    assert not reader.of("script")
    assert not reader.of("img")
    assert len(reader.of("style")) == 1
    assert not [a for a in reader.of("a") if "javascript" in (a.get("href") or "")]
    assert "&lt;script&gt;alert(1)" in page


def test_text_in_a_style_sheet_cannot_leave_its_string() -> None:
    assert (
        css_string('"; } </style>') == '"\\000022\\00003b \\00007d \\00003c\\00002fstyle\\00003e"'
    )


def test_every_path_of_a_trace_leads_to_its_parameter(brief: Brief, page: str) -> None:
    reader = Reader(page)
    links = {a.get("href") for a in reader.of("a")}
    for answer in brief.answers:
        for support in answer.trace().supports:
            assert f"#{anchor('p', support.path)}" in links
    inward = {h[1:] for h in links if h and h.startswith("#")}
    assert inward <= set(reader.ids)


def test_no_two_elements_share_an_id(page: str) -> None:
    ids = Reader(page).ids
    assert len(ids) == len(set(ids))


def test_a_path_that_the_table_forgot_gets_a_row_from_its_trace(brief: Brief) -> None:
    rows = {r["path"]: r for r in brief.all_parameters().records()}
    assert rows["types.stalling.prior"]["value"] == "0.40"
    assert "types.stalling.prior" not in {r["path"] for r in brief.parameters.records()}


def test_paths_with_the_same_letters_have_different_anchors() -> None:
    names = ["a.b", "a_b", "a b", "a/b", "a_2f_b", "é"]
    assert len({anchor("p", n) for n in names}) == len(names)


def test_every_parameter_leads_to_its_source(page: str) -> None:
    table = page[page.index('<section id="parameters">') : page.index('<section id="method">')]
    for key in ("lom-shipping", "ice-atlas", "kelm-statement", "panel"):
        assert f'href="#{anchor("s", key)}"' in table


def test_every_drawing_has_alt_text_in_both_sizes(brief: Brief, page: str) -> None:
    drawings = Reader(page).of("svg")
    count = sum(len(a.charts) for a in brief.answers) + 2
    assert len(drawings) == 2 * count
    ids = set(Reader(page).ids)
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert set((drawing["aria-labelledby"] or "").split()) <= ids
    assert page.count("<desc ") == page.count("</title>") - 1 == 2 * count


def test_every_figure_has_a_table_twin_and_says_what_it_rests_on(page: str) -> None:
    for figure in re.findall(r"<figure.*?</figure>", page, re.S):
        assert "<table" in figure
        assert "<caption>" in figure
        assert "Rests on" in figure
        assert "Certificate:" in figure


def test_every_table_names_its_rows_and_columns(page: str) -> None:
    for table in re.findall(r"<table.*?</table>", page, re.S):
        assert "<caption>" in table
        assert 'scope="col"' in table
        assert 'scope="row"' in table


def test_the_page_reads_top_down(page: str) -> None:
    order = [
        "Bottom line</h2>",
        "The one picture</h2>",
        "Options</h2>",
        "Why no deal today</h2>",
        "What would change our mind</h2>",
        "This rests on</h3>",
        "Parameters</h2>",
        "Sources</h2>",
        "How to reproduce</h2>",
    ]
    places = [page.index(text) for text in order]
    assert places == sorted(places)


def test_words_match_numbers_or_the_page_says_so(brief: Brief) -> None:
    assert brief.disagreements() == ()
    wrong = sample_brief(bottom_line=("A deal is likely (20 %).",), answers=())
    assert len(wrong.disagreements()) == 1
    assert "the number is 20" in wrong.to_html()
    assert "the number is 20" in wrong.summary()


def test_sources_become_bibtex() -> None:
    text = Source("k 1", "Costs & {gains}", "A. Nord and B. Ost", "2028", kind="book").bibtex()
    assert text.startswith("@book{k-1,")
    assert "title = {Costs \\& (gains)}" in text
    assert "author = {A. Nord and B. Ost}" in text


def test_a_brief_without_charts_or_extras_still_opens(brief: Brief) -> None:
    bare = Brief(
        title="Bare",
        as_of="today",
        crisis_hash="0" * 64,
        version="0",
        seed=1,
        command="offramp brief x",
        bottom_line=("Nothing is distinguishable.",),
        confidence="",
        options=brief.options,
        why_no_deal="",
        mind_changers=(),
        answers=(),
        parameters=brief.parameters,
    )
    assert "Nothing is distinguishable." in bare.to_html()


def test_a_parameter_table_needs_paths(brief: Brief) -> None:
    with pytest.raises(ValueError, match="'path'"):
        replace(brief, parameters=Table("x", (), ()))


def test_saving_refuses_other_suffixes_before_it_writes(tmp_path: Path) -> None:
    for name in ("brief.pdf", "brief"):
        with pytest.raises(ValueError, match=r"\.html or \.htm"):
            sample_brief().save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_saving_replaces_the_file_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = sample_brief(answers=(), why_no_deal_chart=None)
    target = tmp_path / "out" / "brief.html"
    assert small.save(target) == target
    before = target.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        replace(small, title="Other").save(target)
    assert target.read_bytes() == before
    assert [p.name for p in target.parent.iterdir()] == ["brief.html"]


def test_the_same_brief_gives_the_same_bytes() -> None:
    one, other = (sample_brief(answers=(leverage(),)).to_html() for _ in range(2))
    assert one == other


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_summary_fits_the_terminal_and_has_no_colour_codes(brief: Brief, width: int) -> None:
    text = brief.summary(width, saved="brief.html")
    assert max(len(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text


def test_the_summary_says_what_matters_and_nobody_sees_an_index(brief: Brief) -> None:
    text = brief.summary(120, saved="out/brief.html")
    for part in (
        brief.title,
        brief.bottom_line[0],
        "Ceasefire plus",
        "Kelm proposal",
        "fixed point",
    ):
        assert part in text
    assert "out/brief.html" in text
    assert not re.search(r"\b(state|type|plan|offer|action)[ _#]\d", text)
    assert not re.search(r"Unnamed|level_0|nan", text)


def test_markup_in_a_title_is_text_on_the_terminal() -> None:
    assert "[bold]Lom[/bold]" in sample_brief(title="[bold]Lom[/bold]", answers=()).summary()


def test_a_trace_names_the_parameter_and_keeps_its_path_at_hand(page: str) -> None:
    assert 'title="blocs.orsk.delay_cost">Orsk&#39;s cost of delay</a>' in page
    assert Support("x", "1", "", "").why == ""


def test_the_page_does_not_depend_on_how_many_draw_its_charts(brief: Brief, page: str) -> None:
    assert brief.to_html(workers=2) == page
