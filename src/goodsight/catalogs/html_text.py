"""HTML in feeds -> plain text, and plain text left alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser

__all__ = ["html_to_line", "html_to_text"]

# Escaped once by the shop, once by the exporter; more rounds would read what is not there.
MAX_ROUNDS = 3

_LINE_TAGS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "div",
        "dl", "dt", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
        "h6", "head", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre",
        "section", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
    }
)  # fmt: skip
_INLINE_TAGS = frozenset(
    {
        "a", "abbr", "b", "bdi", "bdo", "big", "center", "cite", "code", "col", "colgroup",
        "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd", "label", "link", "mark",
        "meta", "picture", "q", "s", "samp", "small", "source", "span", "strike", "strong",
        "sub", "sup", "svg", "time", "tt", "u", "var", "video", "wbr",
    }
)  # fmt: skip
_HIDDEN_TAGS = frozenset({"script", "style", "template", "noscript", "iframe", "object"})
_KNOWN_NAMES = "|".join(sorted(_LINE_TAGS | _INLINE_TAGS | _HIDDEN_TAGS))
# Attributes have values, but for few: so "a<b and c>d" is no tag. Lengths are bounded so that
# no input makes the search slow.
_ATTRIBUTES = r"""(?:\s+(?:[\w:.-]{1,60}\s?=\s?(?:"[^"]{0,2000}"|'[^']{0,2000}'|[^\s"'<>]{1,2000})
    |allowfullscreen|autoplay|checked|compact|controls|disabled|download|hidden|loop|muted|noshade
    |nowrap|reversed|selected)){0,40}\s{0,9}/?>"""
_KNOWN_TAG = re.compile(rf"</?(?:{_KNOWN_NAMES}){_ATTRIBUTES}", re.IGNORECASE | re.VERBOSE)
_NO_TAG = re.compile(rf"<(?!/?[a-z][\w:.-]{{0,60}}{_ATTRIBUTES})", re.IGNORECASE | re.VERBOSE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NO_ENTITY = re.compile(rf"&(?!{_ENTITY.pattern[1:]})")
_SPACES = re.compile(r"[^\S\n]+")


def html_to_text(text: str) -> str:
    """Text without tags, entities decoded (also twice encoded ones), one line per block.

    Paragraphs, list items, table cells and line breaks begin a new line; empty lines,
    comments, scripts and styles go. A `<` or `&` that begins no tag or entity of HTML stays,
    and so do the line ends of a text without tags.
    """
    text = _without_comments(text.replace("<![CDATA[", "").replace("]]>", ""))
    for _ in range(MAX_ROUNDS):
        has_tags = "<" in text and _KNOWN_TAG.search(text) is not None
        if not has_tags and not ("&" in text and _ENTITY.search(text)):
            break
        text = _strip(text, has_tags=has_tags)
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def html_to_line(text: str) -> str:
    """The same on one line, for titles and values."""
    return " ".join((html_to_text(text) if "<" in text or "&" in text else text).split())


def _without_comments(text: str) -> str:
    """Text without `<!-- … -->`; the parser's own search takes quadratic time on open ones."""
    kept, position = [], 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[position:start])
        position = end + len("-->")
    return "".join([*kept, text[position:]])


def _strip(text: str, *, has_tags: bool) -> str:
    if has_tags:
        # In HTML a line end is a space like any other.
        text = text.replace("\n", " ")
    parser = _TextParser()
    parser.feed(_NO_TAG.sub("&lt;", _NO_ENTITY.sub("&amp;", text)))
    parser.close()
    return "".join(parser.parts)


class _TextParser(HTMLParser):
    """Collects what a reader of the page would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (the base class passes it)
        if tag in _HIDDEN_TAGS:
            self._hidden += 1
        elif tag in _LINE_TAGS:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (the base class passes it)
        if tag in _LINE_TAGS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN_TAGS:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _LINE_TAGS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
