"""Masks of personal data, as staff and public pages show it."""


def mask_phone(phone: str) -> str:
    """138****2201: the first three and the last four digits."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "*" * len(phone)


def mask_id(number: str) -> str:
    """The first and the last character only."""
    return f"{number[:1]}{'*' * (len(number) - 2)}{number[-1:]}" if len(number) > 2 else "*" * len(number)


def mask_name(name: str) -> str:
    """陈＊＊: the family name only."""
    return name[:1] + "＊" * max(1, len(name) - 1) if name else ""
