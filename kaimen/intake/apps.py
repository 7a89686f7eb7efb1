from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "kaimen.intake"
    label = "intake"
    verbose_name = "进门"

    def ready(self) -> None:
        from kaimen.intake import answer_letters  # models are not loaded before

        answer_letters.connect()
