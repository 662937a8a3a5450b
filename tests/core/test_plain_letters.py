import pytest

from goodsight.core.plain_letters import without_accents


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Crème brûlée", "Creme brulee"),
        ("Ｃａｆｅ\u0301 ½", "Cafe 1\u20442"),
        ("plain", "plain"),
        # Marks of other scripts are letters in their own right, composed or not.
        ("が", "が"),
        ("か\u3099", "が"),
        ("한국", "한국"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_accents_go_and_letters_stay(text, plain):
    assert without_accents(text) == plain
