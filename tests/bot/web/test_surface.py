import json

import pytest

from bot.errors import PlatformError, TooManyRequests, Unauthenticated
from bot.web.surface import Surface, Surfaces

CHATBOT, CHATBOTS, PARTNER = (Surface(path, path) for path in ("/api/chatbot", "/api/chatbots", "/api/partner"))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/chatbot", "/api/chatbot"),
        ("/api/chatbot/sessions/1", "/api/chatbot"),
        ("/api/chatbots/1", "/api/chatbots"),
        ("/api/chatbotsx", "default"),
        ("/api/partner/", "/api/partner"),
        ("/api", "default"),
        ("/", "default"),
        ("*", "default"),
        ("", "default"),
    ],
)
def test_an_unrouted_path_takes_the_longest_prefix_on_a_segment_boundary(path: str, name: str) -> None:
    assert Surfaces([CHATBOT, CHATBOTS, PARTNER]).of_path(path).name == name


def test_an_error_is_told_in_the_shape_of_its_surface() -> None:
    def shape(error: PlatformError) -> object:
        return {"detail": error.message}

    response = Surface("chat", "/chat", envelope=shape).render(TooManyRequests("慢一點", retry_after=1.2))
    assert (response.status, response.content_type) == (429, "application/json")
    assert response.headers["Retry-After"] == "2"
    assert json.loads(response.text or "") == {"detail": "慢一點"}


def test_a_401_says_how_to_authenticate() -> None:
    assert Surface("api", "/api", challenge="Bearer").render(Unauthenticated()).headers["WWW-Authenticate"] == "Bearer"
