import io
import json

from bot.web.access_log import FLUSH_LINES, AccessLine, BufferedAccessLog, access_line


def line(number: int = 0) -> AccessLine:
    return access_line("GET", "/x", request_id=str(number), status=200, seconds=0.00123, client="::1")


async def test_lines_wait_for_each_other_and_are_written_together() -> None:
    stream = io.BytesIO()
    log = BufferedAccessLog(stream)
    log.write(line(1))
    log.write(line(2))
    assert stream.getvalue() == b""
    log.flush()
    written = [json.loads(text) for text in stream.getvalue().splitlines()]
    assert [(item["event"], item["request_id"], item["ms"]) for item in written] == [
        ("request", "1", 1.23),
        ("request", "2", 1.23),
    ]


async def test_many_lines_do_not_wait() -> None:
    stream = io.BytesIO()
    log = BufferedAccessLog(stream)
    for number in range(FLUSH_LINES):
        log.write(line(number))
    assert stream.getvalue().count(b"\n") == FLUSH_LINES
