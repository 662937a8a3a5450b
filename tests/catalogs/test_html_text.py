from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodsight.catalogs.html_text import html_to_line, html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>He &amp; she</p><p>x<br/>y</p>", "He & she\nx\ny"),
        ("<ul><li>one<li>two</li></ul>after", "one\ntwo\nafter"),
        ("<p>one\n  two</p>", "one two"),
        ("29&quot; wide &bull; &trade;&nbsp;x &#8482;", '29" wide • ™ x ™'),
        ("AT&amp;amp;T", "AT&T"),
        ("&lt;p&gt;Hi &lt;b&gt;there&lt;/b&gt;&lt;/p&gt;", "Hi there"),
        ("<script>alert(1)</script>ok<style>p{}</style>", "ok"),
        ('<a href="x?a=1&b=2" title="a>b">link</a>', "link"),
        ("a<!-- hidden -->b<!-- open", "ab<!-- open"),
        ("<![CDATA[<b>bold</b>]]>", "bold"),
        ("<p class=MsoNormal>Word<o:p></o:p></p>", "Word"),
        ("<table><tr><td>1<td>2</tr></table>", "1\n2"),
        ("<P>Upper</P>", "Upper"),
    ],
)
def test_html_becomes_what_a_reader_sees(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    "text",
    [
        "size < 5", "a<b and c>d", "I <3 you", "if a <b then", "<p", "R&D", "x &copy 2020",
        "<unknown>kept</unknown>", "first\nsecond", "5 > 3 & 2 < 4", "a && b", "&nosuchentity;",
    ],
)  # fmt: skip
def test_plain_text_survives(text: str) -> None:
    assert html_to_text(text) == text


def test_less_than_survives_among_tags() -> None:
    assert html_to_text("<p>size < 5 &lt; 6</p>") == "size < 5 < 6"


def test_a_title_is_one_line() -> None:
    assert html_to_line(" Yoga <br> Lumaflex&trade;\n Band ") == "Yoga Lumaflex™ Band"


@given(st.text(alphabet="<>&;pbr/li!-\"'= aé\n#x12", max_size=200))
def test_lines_are_trimmed_and_never_empty(text: str) -> None:
    lines = html_to_text(text).split("\n") if html_to_text(text) else []
    assert all(line and line == line.strip() for line in lines)


@given(
    st.text(alphabet=st.characters(exclude_characters="<&", exclude_categories=["Cc", "Cs", "Z"]))
)
def test_text_without_tags_and_entities_is_unchanged(text: str) -> None:
    assert html_to_text(text) == text
