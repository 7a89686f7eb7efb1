"""What the demo's people say finds the service they mean: the list and its phrases against the real search."""

from kaimen.logic.search import Document, Index


def test_most_sentences_of_the_demo_find_their_service(services, needs):
    indexes = {
        audience: Index(
            Document(key, service["name"], tuple(service["phrases"]), service["summary"])
            for key, service in services.items()
            if service["audience"] == audience
        )
        for audience in ("worker", "enterprise")
    }
    first, missed = 0, []
    for need in needs.values():
        hits = indexes[services[need["service"]]["audience"]].query(need["text"])
        keys = [hit.key for hit in hits[:3]]
        first += keys[:1] == [need["service"]]
        if need["service"] not in keys:
            missed.append((need["service"], need["text"], keys))
    assert first >= 0.8 * len(needs), first
    assert len(missed) <= 0.1 * len(needs), missed
