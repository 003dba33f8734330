"""Which vendors a question set is asked of, and which of its questions each is asked. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge.evaluation.errors import NoSuchVendor, NothingToAsk, QuestionSetRefused
from knowledge.evaluation.repository import Shop
from knowledge.evaluation.sets import Case


def chosen(shops: Sequence[Shop], names: Sequence[str], cases: Sequence[Case], *, everybody: bool) -> list[Shop]:
    """The vendors to ask: `names` (codes or ids), every active one, or else those that the set names.

    Where the set names none and the store holds one vendor, it is that one. Raises NoSuchVendor, and
    NothingToAsk where it isn't said whom to ask.
    """
    active = [shop for shop in shops if shop.is_active]
    if names:
        found = [shop_called(name, shops) for name in names]
        return list(dict.fromkeys(found))
    if everybody:
        if not active:
            raise NoSuchVendor("This store holds no vendor.")
        return active
    named = [name for case in cases for name in case.vendors]
    if named and all(case.vendors for case in cases):
        _hold_names_known(cases, shops)
        return list(dict.fromkeys(shop_called(name, shops) for name in named))
    if len(active) == 1:
        return active
    raise NothingToAsk("Say whom to ask: --vendor CODE (more than once for several), or --all.")


def shop_called(name: str, shops: Sequence[Shop]) -> Shop:
    """The active vendor with this code or id. Raises NoSuchVendor where it isn't exactly one."""
    found = [shop for shop in shops if _is_called(shop, name)]
    if not found:
        raise NoSuchVendor(f"There is no vendor {name!r}. There are: {_listed(shops) or 'none'}.")
    if len(found) > 1:
        raise NoSuchVendor(f"{name!r} is several vendors: {_listed(found)}. Name one by its id.")
    if not found[0].is_active:
        raise NoSuchVendor(f"Vendor {name!r} is switched off.")
    return found[0]


def assigned(cases: Sequence[Case], chosen_shops: Sequence[Shop], shops: Sequence[Shop]) -> Mapping[Shop, list[Case]]:
    """The questions that each of `chosen_shops` is asked; one that is asked none is left out.

    Raises QuestionSetRefused for rows that name a vendor that `shops`, the whole store, doesn't hold,
    where every vendor they name is missing from it, and NothingToAsk where no question is left.
    """
    if set(chosen_shops) == {shop for shop in shops if shop.is_active}:
        _hold_names_known(cases, shops)
    asked = {
        shop: [case for case in cases if not case.vendors or any(_is_called(shop, name) for name in case.vendors)]
        for shop in chosen_shops
    }
    asked = {shop: own for shop, own in asked.items() if own}
    if not asked:
        raise NothingToAsk(f"None of the questions is for {_listed(chosen_shops)}.")
    return asked


def _hold_names_known(cases: Sequence[Case], shops: Sequence[Shop]) -> None:
    unknown = [
        f"line {case.line}: vendor: there is no vendor {name!r} in this store."
        for case in cases
        for name in case.vendors
        if not any(_is_called(shop, name) for shop in shops)
    ]
    if unknown:
        raise QuestionSetRefused(unknown)


def _is_called(shop: Shop, name: str) -> bool:
    return name in (shop.code, str(shop.id))


def _listed(shops: Sequence[Shop]) -> str:
    return ", ".join(f"{shop.code} (id {shop.id})" for shop in shops)
