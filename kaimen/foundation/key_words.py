"""Why a key was refused, in words."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from kaimen.foundation.keys import KeyRefused

WORDS = {
    "unknown": _("没有钥匙，或者钥匙不对（X-Api-Key）。"),
    "revoked": _("这把钥匙已经收回，请找发钥匙的人。"),
    "expired": _("这把钥匙过期了，请找发钥匙的人。"),
    "scope": _("这把钥匙不能做这件事，要有 %(scope)s。"),
    "nobody": _("这把钥匙背后的人已经不在了，请找发钥匙的人。"),
    "too_fast": _("问得太快：每分钟最多 %(limit)s 次，%(seconds)s 秒后再来。"),
}


def key_refused_words(refused: KeyRefused) -> str:
    return gettext(WORDS[refused.code]) % refused.params
