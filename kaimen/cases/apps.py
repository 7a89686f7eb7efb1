from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "kaimen.cases"
    label = "cases"
    verbose_name = "办件"

    def ready(self) -> None:
        from kaimen.cases import my_data  # models are not loaded before

        my_data.connect()
