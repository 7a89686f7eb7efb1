from django.apps import AppConfig


class LookConfig(AppConfig):
    name = "kaimen.look"
    label = "look"
    verbose_name = "门面"
