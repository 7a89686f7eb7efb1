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
