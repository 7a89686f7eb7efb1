"""Every write of letters and mailings."""

from kaimen.letters.errors import NotNow
from kaimen.letters.recipients import Recipient

from .arriving import (
    answer_letter,
    close_link,
    correct_by_reader,
    mend_letter,
    move_letter,
    open_letter,
    take_out,
    take_scans,
    unsubscribe,
)
from .dropping import drop_mailing
from .heads import change_head, put_up_logo, take_down_logo
from .making import make_letters, stop_mailing
from .packs import load_templates
from .posting import post_batch
from .printing import print_again, start_batch, take_numbers
from .reading import read_list
from .sending import send_letters
from .templates import add_template, edit_template, switch_template
from .writing import (
    change_text,
    check_mailing,
    choose_columns,
    look_again,
    mail_to,
    start_mailing,
    take_roles,
    take_table,
)

__all__ = [
    "NotNow",
    "Recipient",
    "add_template",
    "answer_letter",
    "change_head",
    "change_text",
    "check_mailing",
    "choose_columns",
    "close_link",
    "correct_by_reader",
    "drop_mailing",
    "edit_template",
    "load_templates",
    "look_again",
    "mail_to",
    "make_letters",
    "mend_letter",
    "move_letter",
    "open_letter",
    "post_batch",
    "print_again",
    "put_up_logo",
    "read_list",
    "send_letters",
    "start_batch",
    "start_mailing",
    "stop_mailing",
    "switch_template",
    "take_down_logo",
    "take_numbers",
    "take_out",
    "take_roles",
    "take_scans",
    "take_table",
    "unsubscribe",
]
