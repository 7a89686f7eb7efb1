"""Why a row of a roster was not taken, in words that say what to do."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "name_missing": _("没有姓名"),
    "phone_missing": _("没有手机号"),
    "phone_length": _("手机号不是 11 位"),
    "phone_characters": _("手机号里有不是数字的字"),
    "phone_twice": _("这张表里前面已经有这个手机号"),
    "id_length": _("身份证号不是 18 位"),
    "id_characters": _("身份证号里有不该有的字"),
    "id_region": _("身份证号前六位不是现有的地区"),
    "id_birth_date": _("身份证号里的生日不存在"),
    "id_check_digit": _("身份证号最后一位对不上，请核对"),
    "id_of_another": _("这个身份证号已经登记在另一个人名下"),
    "uscc_length": _("信用代码不是 18 位"),
    "uscc_characters": _("信用代码里有不该有的字"),
    "uscc_check_digit": _("信用代码最后一位对不上，请核对"),
    "phone_prefix": _("这不是手机号，请核对"),
    "id_twice": _("这张表里前面已经有这个身份证号"),
    "too_long": _("太长了，请写短些"),
    "name_elsewhere": _("这个手机号登记的是别处的另一个名字，请核对手机号"),
    "id_elsewhere": _("这个人在别处登记的身份证号不一样，请核对"),
    "uscc_differs": _("这家单位登记的信用代码不一样，请核对"),
    "unit_elsewhere": _("这个信用代码已经登记在别的社区"),
    "unit_unknown": _("没有这家单位：先登记，或在表里填上它的信用代码并勾选“新单位一起登记”"),
}
OTHER = _("这一格填得不对，请核对")


def words(code: str) -> str:
    return str(WORDS.get(code, OTHER))
