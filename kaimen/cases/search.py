"""Full text over everything a case says: SQLite FTS5 or PostgreSQL's GIN, the same words find the same cases.

Han characters stand apart in the stored body, so that a word of the query is a phrase of single characters: 停车
finds every 停 directly followed by 车, whatever a word cutter would have thought. Nothing but letters and digits is
stored, in small letters with one space between, so that a phrase is also a plain piece of the body: GIN knows which
cases hold all of its characters, but not where they stand, and to cut up every one of them again took PostgreSQL seconds.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from kaimen.cases.models import Case, CaseText
from kaimen.foundation.rows import insert_values
from kaimen.logic.text import grams, letters

FOUND_AT_MOST = 300


def body_of(case: Case) -> str:
    """What can be searched: words, title, place, enterprise, answers; the asker's name unless it is confidential."""
    parts = [case.title, case.words, case.place_text]
    parts += [case.place.name] if case.place else []
    parts += [case.enterprise.name] if case.enterprise else []
    parts += [case.asker_name] if case.asker_name and not case.confidential else []
    return "\n".join(part for part in parts if part)


def write_new_texts(said: Iterable[tuple[Case, str]]) -> None:
    """The searchable text of cases just written, each with what was answered ("" for none yet); the index follows by
    database triggers (migration)."""
    insert_values(
        CaseText,
        (
            {
                "case_id": case.pk,
                "community_id": case.community_id,
                "body": letters("\n".join([body_of(case), answer])),
            }
            for case, answer in said
        ),
    )


def write_text(case: Case) -> None:
    """Keep the searchable text in step with a case that has changed."""
    answers = case.answers.values_list("text", flat=True)
    body = letters("\n".join([body_of(case), *answers]))
    CaseText.objects.filter(case=case).update(body=body)


def matching(text: str, communities: Iterable[int]) -> list[int]:
    """Keys of the newest cases of these communities in which every word of `text` occurs, at most FOUND_AT_MOST."""
    phrases = [spaced for word in text.split() if (spaced := letters(word))]
    return _find(phrases, list(communities), together=True)


def resembling(text: str, communities: Iterable[int]) -> list[int]:
    """Keys of the newest cases that share a pair of characters with `text`: candidates for 'the same thing'."""
    pairs = list(dict.fromkeys(gram for gram in grams(text, (2,)) if len(gram) > 1))[:24]
    return _find([letters(pair) for pair in pairs], list(communities), together=False)


def narrow(cases: QuerySet[Case], text: str, communities: Iterable[int]) -> QuerySet[Case]:
    """`cases` whose number is or whose text contains `text`."""
    text = text.strip()
    if text.upper().startswith("KM"):
        return cases.filter(number__istartswith=text)
    return cases.filter(pk__in=matching(text, communities))


def _find(phrases: list[str], communities: list[int], *, together: bool) -> list[int]:
    if not phrases or not communities:
        return []
    marks = ", ".join(["%s"] * len(communities))
    params: list[str | int]
    if connection.vendor == "postgresql":
        # only placeholders are put together here; every word of a person is a parameter
        if together:
            # GIN names those with all the characters, and a look into the text says whether they stand side by side.
            # Materialised, or the newest cases are read one after the other and each is cut into words for the filter.
            said = " AND ".join(["strpos(' ' || body || ' ', %s) > 0"] * len(phrases))
            sql = (
                "WITH found AS MATERIALIZED (SELECT case_id FROM cases_casetext WHERE "  # noqa: S608  # see above
                f"to_tsvector('simple', body) @@ plainto_tsquery('simple', %s) AND {said} AND community_id IN ({marks})) "
                "SELECT case_id FROM found ORDER BY case_id DESC LIMIT %s"
            )
            params = [" ".join(phrases), *(f" {phrase} " for phrase in phrases), *communities, FOUND_AT_MOST]
        else:
            query = " || ".join(["phraseto_tsquery('simple', %s)"] * len(phrases))
            sql = (
                "SELECT case_id FROM cases_casetext WHERE to_tsvector('simple', body) @@ "  # noqa: S608  # see above
                f"({query}) AND community_id IN ({marks}) ORDER BY case_id DESC LIMIT %s"
            )
            params = [*phrases, *communities, FOUND_AT_MOST]
    else:
        match = (" AND " if together else " OR ").join(f'"{phrase}"' for phrase in phrases)
        sql = (
            "SELECT t.case_id FROM cases_casetext_words w "  # noqa: S608  # only placeholders are put together
            "JOIN cases_casetext t ON t.case_id = w.rowid "
            f"WHERE w.cases_casetext_words MATCH %s AND t.community_id IN ({marks}) "
            "ORDER BY w.rowid DESC LIMIT %s"
        )
        params = [match, *communities, FOUND_AT_MOST]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]
