"""Prices in words: under 50, between 20 and 40 euros, 五十以下, 两千元左右."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from goodsight.core.filters import And, Comparison, Filter, Operator
from goodsight.core.number_words import number_at
from goodsight.core.phrases import Phrases
from goodsight.core.request_tokens import Kind, Token
from goodsight.core.vocabulary import Vocabulary

__all__ = ["Price", "price_at"]

# "Around 50" is within a fifth of it.
AROUND = Decimal("0.2")
# In words, smaller numbers count things more often than money.
LEAST_BARE_ENGLISH = 10

_BEFORE = Phrases.of(
    {
        "<": "under;below;less than;cheaper than;lower than;beneath;for less than;for under;<;"
        "低于;少于;小于;不到;便宜过;比",
        "<=": "at most;up to;no more than;not more than;not over;maximum;max;within;not above;<=;≤;"
        "no higher than;not exceeding;"
        "不超过;不高于;不多于;不要超过;别超过;最多;至多;最高;不大于;顶多",
        ">": "over;above;more than;higher than;greater than;pricier than;costlier than;>;"
        "高于;超过;多于;大于",
        ">=": "at least;from;starting at;starting from;no less than;not less than;minimum;min;>=;≥;"
        "not under;not below;不低于;不少于;至少;最少;起码;最低;不小于",
        "~": "around;about;roughly;approximately;circa;near;大约;大概;约;差不多;接近",
    }
)
_AFTER = Phrases.of(
    {
        "<": "or under;or below;未满",
        "<=": "or less;and under;and below;or cheaper;max;maximum;at most;tops;"
        "以下;以内;之内;之下;内;封顶",
        ">=": "or more;and up;and over;and above;or over;以上;之上;起;往上",
        "~": "or so;左右;上下;前后",
    }
)
_LEAD = Phrases.of(
    {
        "price": "price;priced;price is;priced at;cost;costing;for;价格;价钱;价位;售价;单价",
        "budget": "budget;my budget is;budget of;预算;预算是",
    }
)
_BETWEEN = Phrases.of({True: "between;from;介于;从;在"})
_TO = Phrases.of({True: "and;to;-;–;—;~;到;至;和;与"})
_INSIDE = Phrases.of({True: "之间;间;的"})
_CURRENCY = Phrases.of(
    {
        "EUR": "€;eur;euro;欧元;欧",
        "USD": "$;usd;us$;dollar;buck;美元;美金;刀",
        "GBP": "£;gbp;pound sterling;quid;pound;英镑",
        "CNY": "¥;cny;rmb;yuan;元;块;块钱;人民币;圆",
        "JPY": "jpy;yen;日元;日圆",
    }
)
# What a number counts when it is no money.
_UNITS = Phrases.of(
    {
        "unit": "%;percent;kg;kilo;gram;g;mg;pound weight;lb;oz;cm;mm;m;km;inch;ft;foot;liter;"
        "litre;l;ml;watt;w;volt;v;gb;tb;mb;year;month;day;hour;minute;piece;pack;pair;person;"
        'people;pixel;size;"'
        ";码;号;厘米;毫米;米;公斤;千克;克;斤;升;毫升;寸;英寸;岁;年;月;天;小时;件;双;条;个;只;瓦;度;人;款"
    }
)


@dataclass(frozen=True, slots=True)
class Price:
    """A price that was read, and how many tokens say it."""

    tree: Filter
    label: str
    tokens: int


@dataclass(frozen=True, slots=True)
class _Amount:
    value: Decimal
    end: int
    currency: str | None


def price_at(tokens: Sequence[Token], start: int, vocabulary: Vocabulary) -> Price | None:
    """The price that begins with a token; None where none does, or the catalogue has none.

    A number alone is no price: a comparison, a currency or a word for price has to be there.
    """
    if vocabulary.greatest_price is None:
        return None
    lead = _LEAD.at(tokens, start)
    for at, led in ((start + lead.tokens, lead.value), (start, "")) if lead else ((start, ""),):
        found = _between(tokens, at, led) or _compared(tokens, at) or _amount_first(tokens, at, led)
        if found is not None:
            least, greatest, amount, below, above = found
            return _price(least, greatest, amount, below, above, start, vocabulary)
    return None


_Found = tuple[Decimal | None, Decimal | None, _Amount, bool, bool]


def _between(tokens: Sequence[Token], at: int, lead: str) -> _Found | None:
    opened = _BETWEEN.at(tokens, at)
    low = _amount_at(tokens, at + opened.tokens if opened else at)
    if low is None:
        return None
    to = _TO.at(tokens, low.end)
    high = _amount_at(tokens, low.end + to.tokens) if to else None
    if high is None:
        return None
    inside = _INSIDE.at(tokens, high.end)
    end = high.end + inside.tokens if inside else high.end
    currency = high.currency or low.currency
    if not (opened or currency or lead or (inside and tokens[high.end].text == "之")):
        return None
    least, greatest = sorted((low.value, high.value))
    return least, greatest, _Amount(high.value, end, currency), False, False


def _compared(tokens: Sequence[Token], at: int) -> _Found | None:
    before = _BEFORE.at(tokens, at)
    amount = _amount_at(tokens, at + before.tokens) if before else None
    if before is None or amount is None:
        return None
    if tokens[at].text == "比":
        # 比五十便宜, 比五十贵: which of both is said after it.
        if amount.end >= len(tokens) or tokens[amount.end].text not in ("便", "贵"):
            return None
        dearer = tokens[amount.end].text == "贵"
        end = min(len(tokens), amount.end + (1 if dearer else 2))
        return _bounds(">" if dearer else "<", _Amount(amount.value, end, amount.currency))
    return _bounds(before.value, amount)


def _amount_first(tokens: Sequence[Token], at: int, lead: str) -> _Found | None:
    amount = _amount_at(tokens, at)
    if amount is None:
        return None
    after = _AFTER.at(tokens, amount.end)
    if after is not None:
        longer = _Amount(amount.value, amount.end + after.tokens, amount.currency)
        return _bounds(after.value, longer)
    if lead == "budget":
        return _bounds("<=", amount)
    return _bounds("~", amount) if amount.currency else None


def _bounds(sign: str, amount: _Amount) -> _Found:
    value = amount.value
    match sign:
        case "<" | "<=":
            return None, value, amount, sign == "<", False
        case ">" | ">=":
            return value, None, amount, False, sign == ">"
        case _:
            return value * (1 - AROUND), value * (1 + AROUND), amount, False, False


def _amount_at(tokens: Sequence[Token], at: int) -> _Amount | None:
    before = _CURRENCY.at(tokens, at)
    number = number_at(tokens, at + before.tokens if before else at)
    if number is None:
        return None
    first = at + before.tokens if before else at
    end = first + number.tokens
    after = _CURRENCY.at(tokens, end)
    currency = before.value if before else after.value if after else None
    if currency is None:
        bare = tokens[first].kind is Kind.WORD and number.value < LEAST_BARE_ENGLISH
        if bare or _UNITS.at(tokens, end) is not None:
            return None
    return _Amount(number.value, end + after.tokens if after else end, currency)


def _price(
    least: Decimal | None,
    greatest: Decimal | None,
    amount: _Amount,
    below: bool,
    above: bool,
    start: int,
    vocabulary: Vocabulary,
) -> Price:
    terms: list[Filter] = []
    if least is not None:
        operator = Operator.GREATER if above else Operator.GREATER_OR_EQUAL
        terms.append(Comparison("price", operator, _round(least)))
    if greatest is not None:
        operator = Operator.LESS if below else Operator.LESS_OR_EQUAL
        terms.append(Comparison("price", operator, _round(greatest)))
    said = f"price {'–'.join(f'{_round(v):f}' for v in (least, greatest) if v is not None)}"
    if len(terms) == 1 and isinstance(terms[0], Comparison):
        said = f"price {terms[0].operator} {terms[0].value:f}"
    # Nothing is converted: where the catalogue has one currency, the number counts in that.
    several = len(vocabulary.currencies) > 1 and amount.currency in vocabulary.currencies
    if several and amount.currency:
        terms.append(Comparison("currency", Operator.EQUAL, amount.currency))
        said = f"{said} {amount.currency}"
    elif amount.currency and amount.currency not in vocabulary.currencies:
        said = " ".join((said, *vocabulary.currencies))
    tree = terms[0] if len(terms) == 1 else And(tuple(terms))
    return Price(tree, said, amount.end - start)


def _round(value: Decimal) -> Decimal:
    """Without zeros at its end, and never with an exponent."""
    return Decimal(f"{value.quantize(Decimal('0.01')):f}".rstrip("0").rstrip("."))
