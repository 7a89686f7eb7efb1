from .heads import IssuedNumber, Letterhead
from .letters import Letter, LetterEvent, Unsubscribed
from .mailings import Batch, Mailing, MailingCount
from .templates import LetterTemplate, LetterTemplateVersion

__all__ = [
    "Batch",
    "IssuedNumber",
    "Letter",
    "LetterEvent",
    "LetterTemplate",
    "LetterTemplateVersion",
    "Letterhead",
    "Mailing",
    "MailingCount",
    "Unsubscribed",
]
