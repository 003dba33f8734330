from sqlalchemy import func, select

from bot.models import AsyncJob
from tests.bot.webhooks.test_urls import INSIDE, LOOK_ORDINARY
from tests.partner_api.conftest import Office, refused


async def test_no_address_that_leads_inside_is_taken(office: Office) -> None:
    hostile = [url.replace("{p}", "8080") for url in INSIDE if url not in LOOK_ORDINARY]
    assert len(hostile) >= 60
    for url in hostile:
        assert refused(await office.analyze(webhook_url=url)) == (400, "unsafe_url"), url
        refusal = refused(await office.analyze(audio_file=url))
        assert refusal in ((400, "unsafe_url"), (400, "unsupported_audio")), url
    assert await office.rows(select(func.count(AsyncJob.id))) == [0]
