from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "kaimen.intake"
    label = "intake"
    verbose_name = "进门"
