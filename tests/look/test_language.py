import pytest
from django.test import Client


@pytest.mark.django_db
def test_chinese_unless_somebody_switched(client: Client) -> None:
    page = client.get("/in", headers={"accept-language": "en"})
    assert page.headers["Content-Language"] == "zh-hans"
    client.post("/i18n/", {"language": "en", "next": "/in"})
    assert client.get("/in").headers["Content-Language"] == "en"
    client.cookies["django_language"] = "nonsense"
    assert client.get("/in").headers["Content-Language"] == "zh-hans"
