from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "kaimen.foundation"
    label = "foundation"
    verbose_name = "地基"
