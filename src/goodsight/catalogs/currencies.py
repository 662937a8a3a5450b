"""What currency a sign or a code names (ISO 4217)."""

from __future__ import annotations

import unicodedata

__all__ = ["currency_code", "currency_of_sign"]

_CODES = frozenset(
    {
        "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
        "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD",
        "CAD", "CDF", "CHF", "CLF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF",
        "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS",
        "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR",
        "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW",
        "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA",
        "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD",
        "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN",
        "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD",
        "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT",
        "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VED",
        "VES", "VND", "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW",
        "ZWG",
    }
)  # fmt: skip

_DOLLARS = frozenset({
    "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS", "BSD", "BMD",
    "JMD",
})  # fmt: skip

# A sign several countries use means the one the rest of the feed names, else the first;
# where no first one is usual, it stays open.
_SIGNS: dict[str, tuple[str | None, frozenset[str]]] = {
    "$": ("USD", _DOLLARS),
    "¥": (None, frozenset({"JPY", "CNY"})),
    "kr": (None, frozenset({"SEK", "NOK", "DKK", "ISK"})),
    "£": ("GBP", frozenset({"GBP", "EGP", "SYP", "FKP", "GIP"})),
}
_CLEAR_SIGNS = {
    "€": "EUR", "us$": "USD", "ca$": "CAD", "c$": "CAD", "a$": "AUD", "au$": "AUD",
    "nz$": "NZD", "s$": "SGD", "hk$": "HKD", "nt$": "TWD", "mx$": "MXN", "r$": "BRL",
    "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₫": "VND", "₪": "ILS",
    "฿": "THB", "₱": "PHP", "₦": "NGN", "zł": "PLN", "kč": "CZK", "ft": "HUF",
    "元": "CNY", "人民币": "CNY", "rmb": "CNY", "cn¥": "CNY", "円": "JPY", "jp¥": "JPY",
    "fr.": "CHF", "lei": "RON",
}  # fmt: skip


def currency_code(text: str) -> str | None:
    """The ISO 4217 code a text is, in capitals, or None."""
    code = text.strip().upper()
    return code if code in _CODES else None


def currency_of_sign(text: str, *, hint: str | None) -> tuple[bool, str | None]:
    """Whether a text is a sign or code of money, and which currency it means.

    `hint` is the currency the feed or the user names elsewhere; it settles signs such as $
    and ¥. The currency is None for a sign that stays open.
    """
    sign = "".join(unicodedata.normalize("NFKC", text).split())
    code = currency_code(sign) or _CLEAR_SIGNS.get(sign.casefold())
    if code is not None:
        return True, code
    if sign.casefold() not in _SIGNS:
        return False, None
    usual, users = _SIGNS[sign.casefold()]
    return True, hint if hint in users else usual
