from .accounts import Account, PasswordLink, SignInCode
from .audit import AuditEntry, AuditSeal, DataRead
from .files import Attachment
from .jobs import JobRun
from .keys import MachineKey
from .notices import Delivery, Notice, Webhook
from .organisations import Organisation, Place
from .people import Absence, Consent, Employment, Person, Role

__all__ = [
    "Absence",
    "Account",
    "Attachment",
    "AuditEntry",
    "AuditSeal",
    "Consent",
    "DataRead",
    "Delivery",
    "Employment",
    "JobRun",
    "MachineKey",
    "Notice",
    "Organisation",
    "PasswordLink",
    "Person",
    "Place",
    "Role",
    "SignInCode",
    "Webhook",
]
