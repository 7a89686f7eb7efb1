from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "kaimen.cases"
    label = "cases"
    verbose_name = "办件"
