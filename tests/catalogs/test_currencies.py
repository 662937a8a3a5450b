from __future__ import annotations

import pytest

from goodsight.catalogs.currencies import currency_code, currency_of_sign


@pytest.mark.parametrize(
    ("text", "code"), [("eur", "EUR"), (" USD ", "USD"), ("€", None), ("XYZ", None)]
)
def test_codes(text: str, code: str | None) -> None:
    assert currency_code(text) == code


@pytest.mark.parametrize(
    ("sign", "hint", "expected"),
    [
        ("€", None, (True, "EUR")),
        ("＄", None, (True, "USD")),
        ("$", "AUD", (True, "AUD")),
        ("HK $", None, (True, "HKD")),
        ("kr", None, (True, None)),
        ("kr", "NOK", (True, "NOK")),
        ("zł", None, (True, "PLN")),
        ("apples", "EUR", (False, None)),
    ],
)
def test_signs(sign: str, hint: str | None, expected: tuple[bool, str | None]) -> None:
    assert currency_of_sign(sign, hint=hint) == expected
