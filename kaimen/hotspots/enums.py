"""What happened to an issue, as codes; `wording.py` says them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Deed(TextChoices):
    MERGED = "merged", _("并进来")
    SPLIT = "split", _("分出去")
    MOVED = "moved", _("挪了一件")
    RENAMED = "renamed", _("改了标题")
    LOCKED = "locked", _("锁上")
    UNLOCKED = "unlocked", _("解锁")
    HIDDEN = "hidden", _("不公示")
    SHOWN = "shown", _("重新公示")
    MARKED = "marked", _("提为议题建议")
    UNMARKED = "unmarked", _("撤回建议")
    UNDONE = "undone", _("撤销了一步")


PLACING = frozenset({Deed.MERGED, Deed.SPLIT, Deed.MOVED})  # what says where a case belongs
UNDOABLE = PLACING | {Deed.RENAMED}  # the rest have a verb for the way back
