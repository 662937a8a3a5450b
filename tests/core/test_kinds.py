"""Words that several products have in common."""

from goodsight.core.kinds import kinds_of
from goodsight.core.types import Product


def product(number, category=None, **attributes):
    return Product(
        id=str(number),
        title=f"Thing {number}",
        categories=() if category is None else (("All", category),),
        attributes={name: (value,) for name, value in attributes.items()},
    )


def test_last_levels_of_categories_and_values_are_kinds():
    products = [product(n, "Shoes" if n < 4 else "Hats", pattern="Striped") for n in range(3)]
    products += [product(n, "Shoes" if n < 4 else "Hats", pattern="Plain") for n in range(3, 10)]
    kinds = kinds_of(products)
    assert kinds.words == ("Hats", "Shoes", "Striped"), "Plain and All are of too many"
    assert kinds.held.sum(axis=0).tolist() == [6, 4, 3]
    assert kinds.held[:, 2].tolist() == [True] * 3 + [False] * 7


def test_what_few_have_or_most_is_no_kind():
    products = [product(n, make="Rare" if n < 2 else "Common") for n in range(10)]
    assert kinds_of(products).words == ()


def test_what_several_attributes_say_is_no_kind():
    products = [product(n, new="Yes" if n < 3 else "No", sale="Yes") for n in range(10)]
    assert kinds_of(products).words == ()
    assert kinds_of([product(n, new="Yes" if n < 3 else "No") for n in range(10)]).words == ("Yes",)


def test_numbers_and_single_letters_are_no_words():
    products = [product(n, size="42" if n < 4 else "S") for n in range(8)]
    assert kinds_of(products).words == ()


def test_no_products_have_no_kinds():
    assert kinds_of([]).held.shape == (0, 0)
