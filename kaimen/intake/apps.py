from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "kaimen.intake"
    label = "intake"
    verbose_name = "进门"

    def ready(self) -> None:
        from kaimen.foundation import reference  # models are not loaded before
        from kaimen.intake import answer_letters

        reference.WATCHED["intake_triagemodel"] = reference.EVERY_CHANGE
        answer_letters.connect()
