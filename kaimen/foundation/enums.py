from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganisationKind(TextChoices):
    FEDERATION = "federation", _("工会联合会")
    COMMUNITY = "community", _("工业社区")
    DEPARTMENT = "department", _("部门")
    ENTERPRISE = "enterprise", _("企业")
    TEAM = "team", _("服务队")


class RoleKind(TextChoices):
    OFFICER = "officer", _("服务专员")
    SUPERVISOR = "supervisor", _("督办")
    HANDLER = "handler", _("承办人")
    CHAIR = "chair", _("工会主席")
    DEPUTY = "deputy", _("代表")
    MANAGER = "manager", _("管理员")


class DeliveryChannel(TextChoices):
    EMAIL = "email", _("邮件")
    SMS = "sms", _("短信")
    WEBHOOK = "webhook", _("群机器人")


class DeliveryState(TextChoices):
    QUEUED = "queued", _("待发")
    SENDING = "sending", _("在发")
    SENT = "sent", _("已发")
    FAILED = "failed", _("没发出去")


class ConsentKind(TextChoices):
    PERSONAL_DATA = "personal_data", _("个人信息处理告知")
    SENSITIVE_DATA = "sensitive_data", _("敏感个人信息单独同意")


class KeyScope(TextChoices):
    """What a machine's key may do. Those of `ACTING` do it as a person, with that person's permissions."""

    SERVICES_READ = "services:read", _("看服务清单、算工作日")
    BOARD_READ = "board:read", _("看公示数字")
    NEEDS_WRITE = "needs:write", _("替人说一件事")
    NEEDS_READ = "needs:read", _("看自己送来的事办到哪一步")
    CASES_READ = "cases:read", _("看办件的编号、状态和日子（没有原话和姓名）")
    CASES_WRITE = "cases:write", _("以某位专员的名义说进展、答复")
    TASKS_WRITE = "tasks:write", _("以某位承办人的名义接交办、回话")


ACTING = frozenset({KeyScope.CASES_WRITE, KeyScope.TASKS_WRITE})
