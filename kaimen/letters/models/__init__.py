from .letters import Letter, LetterEvent, Unsubscribed
from .mailings import Batch, Mailing, MailingCount
from .templates import LetterTemplate, LetterTemplateVersion

__all__ = [
    "Batch",
    "Letter",
    "LetterEvent",
    "LetterTemplate",
    "LetterTemplateVersion",
    "Mailing",
    "MailingCount",
    "Unsubscribed",
]
