"""The wire of `/api/v1/vendors`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Never

import msgspec
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from bot.models import Vendor, VendorParameter
from bot.web.fields import CHANGE, Checked, NullIs, many_lines, one_line
from knowledge.parameters.model import ParameterType
from knowledge.schemas import BLANK_IS_NONE, Line, RequestModel, to_the_second, up_to

DEFAULT_PLAN = "basic"
DEFAULT_AUTHOR = "admin"
MAX_CONFIGS = 200
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_FEWEST_DIGITS = 3
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
# What `{{key}}` can name in a text.
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("must be an e-mail address")
    return value


def _phone(value: str) -> str:
    if sum(unicodedata.category(character) == "Nd" for character in value) < _FEWEST_DIGITS:
        raise ValueError("must be a phone number")
    return value


def _key(value: str) -> str:
    if not _KEY.fullmatch(value):
        raise ValueError(
            "must begin with a letter and hold letters, digits, _, - and . alone, so that texts can name it"
        )
    return value


def _unchangeable(_value: Any) -> Never:
    raise ValueError("can't be changed: a vendor keeps the code that it was made with")


Code = Annotated[Line, up_to(64)]
Name = Annotated[Line, up_to(200)]
ShortName = Annotated[Annotated[Line, up_to(100)] | None, BLANK_IS_NONE]
Phone = Annotated[Annotated[Line, up_to(50), AfterValidator(_phone)] | None, BLANK_IS_NONE]
Email = Annotated[
    Annotated[Line, up_to(200), Checked(_email, {"pattern": f"^{_EMAIL.pattern}$"})] | None, BLANK_IS_NONE
]
Address = Annotated[Annotated[Line, up_to(300)] | None, BLANK_IS_NONE]
Plan = Annotated[Line, up_to(32), NullIs(DEFAULT_PLAN)]
Author = Annotated[Line, up_to(100), NullIs(DEFAULT_AUTHOR)]


def _flag(value: str) -> bool:
    flag = _FLAGS.get(value.strip().lower())
    if flag is None:
        raise ValueError("must be true or false")
    return flag


# A yes or no in a query.
Flag = Annotated[bool, BeforeValidator(_flag, json_schema_input_type=bool)]


class VendorsQuery(BaseModel):
    """What narrows a list of vendors. An unknown plan is one that none has."""

    model_config = ConfigDict(str_strip_whitespace=True)

    is_active: Flag | None = None
    subscription_plan: Annotated[str, up_to(200), AfterValidator(one_line)] | None = None


class ConfigsQuery(BaseModel):
    """What narrows a vendor's parameters."""

    model_config = ConfigDict(str_strip_whitespace=True)

    category: Annotated[str, up_to(200), AfterValidator(one_line)] | None = None


class NewVendorBody(RequestModel):
    """The vendor to make."""

    code: Code
    name: Name
    short_name: ShortName = None
    contact_phone: Phone = None
    contact_email: Email = None
    address: Address = None
    subscription_plan: Plan = DEFAULT_PLAN
    created_by: Author = DEFAULT_AUTHOR


class VendorChangeBody(RequestModel):
    """What to change of a vendor: the fields that are given. Null clears an optional one."""

    model_config = CHANGE

    code: SkipJsonSchema[Annotated[Any, BeforeValidator(_unchangeable)]] = None
    name: Name = ""
    short_name: ShortName = None
    contact_phone: Phone = None
    contact_email: Email = None
    address: Address = None
    subscription_plan: Plan = DEFAULT_PLAN
    is_active: bool = True
    updated_by: Author = DEFAULT_AUTHOR

    @property
    def given(self) -> dict[str, Any]:
        """The fields to change with their values."""
        return self.model_dump(include=self.model_fields_set - {"updated_by"})


class ConfigBody(RequestModel):
    """One parameter. What isn't given of one that exists stays as it is."""

    model_config = CHANGE

    category: Annotated[Line, up_to(64)]
    param_key: Annotated[str, up_to(64), Checked(_key, {"pattern": f"^{_KEY.pattern}$"})]
    param_value: Annotated[str, AfterValidator(many_lines)]
    data_type: Annotated[str, up_to(16), NullIs("string"), Field(examples=list(ParameterType))] = "string"
    display_name: Annotated[Annotated[Line, up_to(100)] | None, BLANK_IS_NONE] = None
    description: Annotated[Annotated[str, up_to(1000), AfterValidator(many_lines)] | None, BLANK_IS_NONE] = None
    unit: Annotated[Annotated[str, up_to(20), AfterValidator(one_line)] | None, BLANK_IS_NONE] = None


def _object(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    raise ValueError("must be an object")


def _configs(value: list[ConfigBody]) -> list[ConfigBody]:
    if not 1 <= len(value) <= MAX_CONFIGS:
        raise ValueError(f"must hold 1 to {MAX_CONFIGS} parameters")
    keys = [item.param_key for item in value]
    for at, key in enumerate(keys):
        if key in keys[:at]:
            raise ValueError(f"must name each parameter once, and names {key} again")
    return value


ConfigItem = Annotated[ConfigBody, BeforeValidator(_object)]


class ParametersBody(RequestModel):
    """The parameters to add or change, all of them or none."""

    configs: Annotated[list[ConfigItem], Checked(_configs, {"minItems": 1, "maxItems": MAX_CONFIGS})]


class ConfigsBody(ParametersBody):
    """The same, by whom the caller says."""

    updated_by: Author = DEFAULT_AUTHOR


class VendorView(msgspec.Struct):
    id: int
    code: str
    name: str
    short_name: str | None
    contact_phone: str | None
    contact_email: str | None
    address: str | None
    subscription_plan: str
    subscription_status: str
    is_active: bool
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, row: Vendor) -> VendorView:
        return cls(
            id=row.id, code=row.code, name=row.name, short_name=row.short_name, contact_phone=row.contact_phone,
            contact_email=row.contact_email, address=row.address, subscription_plan=row.subscription_plan,
            subscription_status=row.subscription_status, is_active=row.is_active,
            created_at=to_the_second(row.created_at), updated_at=to_the_second(row.updated_at),
        )  # fmt: skip


class ConfigView(msgspec.Struct):
    """A parameter. `updated_at` is null until it is first changed."""

    id: int
    category: str
    param_key: str
    param_value: str
    data_type: str
    display_name: str | None
    description: str | None
    unit: str | None
    is_active: bool
    created_at: str
    updated_at: str | None

    @classmethod
    def of(cls, row: VendorParameter) -> ConfigView:
        changed = row.updated_at > row.created_at
        return cls(
            id=row.id, category=row.category, param_key=row.param_key, param_value=row.param_value,
            data_type=row.data_type, display_name=row.display_name, description=row.description, unit=row.unit,
            is_active=row.is_active, created_at=to_the_second(row.created_at),
            updated_at=to_the_second(row.updated_at) if changed else None,
        )  # fmt: skip


class DeactivatedView(msgspec.Struct):
    message: str
    vendor_id: int


class ConfigsUpdatedView(msgspec.Struct):
    message: str
    vendor_id: int
    updated_count: int


class KnowledgeCounts(msgspec.Struct):
    """A vendor's active entries: its own, its rewrites of shared ones, and both together."""

    total_knowledge: int
    vendor_knowledge: int
    customized_knowledge: int


class StatsView(msgspec.Struct):
    """`config_counts` are the active parameters by category."""

    vendor: VendorView
    config_counts: Mapping[str, int]
    total_configs: int
    knowledge: KnowledgeCounts
