"""Small words of requests: what denies, what joins, what asks for stock, what says nothing."""

from __future__ import annotations

from goodsight.core.phrases import Phrases

__all__ = [
    "CHEAP",
    "DENIALS",
    "FILLERS",
    "INTENSIFIERS",
    "JOINING",
    "POLITE",
    "SIZE_MARKS",
    "STOCK",
]


def _set(phrases: str) -> Phrases[bool]:
    return Phrases.of({True: phrases})


DENIALS = _set(
    "not;no;without;except;excluding;except for;other than;anything but;but not;non;nor;"
    "not made of;is not;are not;isn't;don't want;do not want;"
    "不要;不是;不含;不带;不想要;非;没有;除了;除;别;别要;排除;不包括;无"
)
# 非常 is "very", not a denial; 有没有 asks whether there is one.
INTENSIFIERS = _set("非常;有没有;有无;无论;没有问题;别的;不错")
JOINING = _set("or;或;或者;或是;还是;either")
# Whether it has to be there, or gone.
STOCK = Phrases.of(
    {
        True: "in stock;available;available now;instock;in-stock;现货;有货;有现货;有库存;在售",
        False: "out of stock;sold out;unavailable;缺货;无货;没货;售罄;没有货",
    }
)
SIZE_MARKS = _set("码;号;码的;号的")
# Said beside a price, they add nothing to it.
CHEAP = _set("cheap;inexpensive;affordable;便宜;便宜的;实惠;实惠的;平价")
# They go along with the chip beside them, and stay text where none is.
FILLERS = _set(
    "a;an;the;some;any;for;with;in;on;of;from;by;and;but;that;which;is;are;be;to;my;me;made of;"
    "made from;made in;coloured;colored;colour;color;in colour;in color;price;priced;in size;"
    "please;all;also;only;kind of;pair of;a pair of;pair;type of;"
    "brand;category;by brand;"
    "的;了;和;与;并且;而且;但是;以及;一件;一双;一条;一款;一个;一只;一顶;一套;一些;"
    "件;双;条;款;个;只;顶;套;颜色;价格;价位;材质;做的;以外;之外;吗;呢;吧;用的;穿的;适合;适合的;几款;几件;品牌;牌子;类别"
)
# They say that something is wanted, and never what.
POLITE = _set(
    "i want;i need;i would like;i'd like;i am looking for;i'm looking for;looking for;we need;"
    "show me;find me;find;give me;get me;do you have;have you got;what do you have;"
    "what have you got;recommend;is there;are there;can i get;"
    "i want to buy;want to buy;search for;something;anything;want;need;buy;i;"
    "我想要;我想买;我想;我要;我要买;想要;想买;找;我找;寻找;帮我找;给我;给我看;请;请问;有没有;"
    "需要;我需要;买;推荐;推荐几款;推荐一款;看看;帮我;我"
)
