from xml.etree import ElementTree as ET

import pytest

from partner_api.provisioning.binding import line_url, qr_svg
from tests.partner_api.provisioning.conftest import Api


def test_the_link_is_the_one_that_line_documents() -> None:
    assert line_url("@123abcde", "K7QM-2XWP-9RTD") == (
        "https://line.me/R/oaMessage/%40123abcde/?%40%E6%88%91%E6%98%AF%E5%BA%97%E9%95%B7%20K7QM-2XWP-9RTD"
    )
    assert line_url("123abcde", "x") == line_url("@123abcde", "x")


def test_a_qr_code_is_a_plain_svg_document() -> None:
    root = ET.fromstring(qr_svg("https://line.me/"))  # noqa: S314 - our own document
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert {child.tag.rpartition("}")[2] for child in root.iter()} == {"svg", "g", "path"}


async def test_the_qr_code_of_a_provisioned_bot_is_served(api: Api) -> None:
    binding = (await api.provision()).body["binding"]
    answer = await api.call("GET", f"/line/qr/{binding['code']}.svg")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.body == qr_svg(binding["line_url"])


@pytest.mark.parametrize(
    "code", ["x", "K7QM", "k7qm-2xwp-9rtd", "K7QM2XWP9RTD", "K7QM-2XWP-9RT0", "..%2f..%2fetc", "%00"]
)
async def test_what_is_no_code_has_no_picture(api: Api, code: str) -> None:
    answer = await api.call("GET", f"/line/qr/{code}.svg")
    assert (answer.status, answer.body["success"]) == (404, False)


async def test_without_a_line_id_there_is_no_picture(api: Api) -> None:
    await api.run("UPDATE channels SET basic_id = NULL")
    assert (await api.call("GET", "/line/qr/K7QM-2XWP-9RTD.svg")).status == 404
