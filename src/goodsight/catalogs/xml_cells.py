"""The elements of one XML item -> the cells of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from goodsight.catalogs.rows import ITEM_SEPARATOR, BadRow, Row, clean

__all__ = ["ItemCells", "local_name"]

MAX_ITEM_CHARACTERS = 1 << 20
MAX_ITEM_ELEMENTS = 5000

# Their text counts whole, whatever elements it has: HTML that was not escaped.
_TEXTS = frozenset({"title", "description", "summary", "content"})
# Of these the first counts. Others that come again are a cell with several values.
_SINGLE = _TEXTS | {"id", "link", "price", "sale_price", "availability", "image_link"}
# Elements around others of which only those count: <images><image>…
_WRAPPERS = frozenset({"attributes", "images", "photos", "pictures", "categories"})


def local_name(name: str) -> str:
    """A name without its prefix: `g:price` -> `price`."""
    return name.rpartition(":")[2]


@dataclass(slots=True)
class _Element:
    name: str
    attributes: Mapping[str, str]
    parts: list[str] = field(default_factory=list)
    inner: list[tuple[str, str]] = field(default_factory=list)


class ItemCells:
    """Collects what an item holds while it is parsed; `line` is where it begins.

    An item's own attributes are cells too, as `<offer id="1">` has them.
    """

    def __init__(self, line: int, attributes: Mapping[str, str]) -> None:
        self.line = line
        self._open: list[_Element] = []
        self._values: dict[str, list[tuple[bool, str]]] = {}
        self._size = 0
        self._count = 0
        for name, value in attributes.items():
            if not name.startswith("xml"):
                self._add(name, value)

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element within the item begins."""
        self._count += 1
        self._open.append(_Element(name, attributes))

    def text(self, text: str) -> None:
        """Text within the item, of the element that is open."""
        self._size += len(text)
        if self._open and not self._is_too_large:
            self._open[-1].parts.append(text)

    def end(self, name: str) -> None:  # noqa: ARG002 - expat's word for it, known already
        """An element within the item ends."""
        element = self._open.pop()
        text = "".join(element.parts).strip()
        if self._is_too_large:
            return
        if not self._open:
            self._take(element, text)
        elif local_name(self._open[0].name) in _TEXTS:
            # A space, so that what two paragraphs say does not run together.
            self._open[-1].parts.append(f"{text} ")
        elif len(self._open) == 1 and text:
            self._open[0].inner.append((local_name(element.name), text))

    def row(self) -> Row | BadRow:
        """What the item holds, now that it has ended."""
        if self._is_too_large:
            reason = f"the item is larger than {MAX_ITEM_CHARACTERS >> 20} MiB"
            return BadRow(self.line, reason, self.cells())
        return Row(self.line, self.cells())

    def cells(self) -> dict[str, str]:
        """The cells that are complete so far."""
        return {name: cell for name, found in self._values.items() if (cell := _cell(name, found))}

    @property
    def _is_too_large(self) -> bool:
        return self._size > MAX_ITEM_CHARACTERS or self._count > MAX_ITEM_ELEMENTS

    def _take(self, element: _Element, text: str) -> None:
        name = local_name(element.name)
        if name in _TEXTS or not element.inner:
            is_link = name == "link" and element.attributes.get("rel", "alternate") == "alternate"
            self._add(element.name, text or (element.attributes.get("href", "") if is_link else ""))
            return
        inner = dict(element.inner)
        if name == "product_detail" and {"attribute_name", "attribute_value"} <= inner.keys():
            self._add(inner["attribute_name"], inner["attribute_value"])
            return
        for inner_name, value in element.inner:
            self._add(inner_name if name in _WRAPPERS else f"{name}.{inner_name}", value)

    def _add(self, name: str, value: str) -> None:
        if value:
            has_prefix = ":" in name
            self._values.setdefault(local_name(name), []).append((has_prefix, value))


def _cell(name: str, found: list[tuple[bool, str]]) -> str:
    """The values of one name; those with a prefix are meant for shops, RSS's own for readers."""
    meant = [value for has_prefix, value in found if has_prefix] or [value for _, value in found]
    values = list(dict.fromkeys(filter(None, map(clean, meant))))
    if name in _SINGLE or len(values) < 2:
        return values[0] if values else ""
    return ITEM_SEPARATOR.join([*values, ""])
