from django.db import models
from django.utils.translation import gettext_lazy as _


class TableState(models.TextChoices):
    """A table of needs: draft -> running -> done; failed from either, to be brought again."""

    DRAFT = "draft", _("还没导入")
    RUNNING = "running", _("正在导入")
    DONE = "done", _("导完了")
    FAILED = "failed", _("没导成")
