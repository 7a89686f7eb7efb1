from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "kaimen.intake"
    label = "intake"
    verbose_name = "进门"

    def ready(self) -> None:
        from kaimen.cases import mentioned as mentions  # models are not loaded before
        from kaimen.foundation import reference
        from kaimen.intake import answer_letters, mentioned

        reference.WATCHED["intake_triagemodel"] = reference.EVERY_CHANGE
        answer_letters.connect()
        mentions.register("intake", mentioned.of_case)
