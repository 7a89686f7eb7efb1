from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "kaimen.letters"
    label = "letters"
    verbose_name = "信函"

    def ready(self) -> None:
        from kaimen.foundation.state_drawings import Drawing, register
        from kaimen.letters import enums, my_data  # models are not loaded before

        my_data.connect()
        source = "kaimen/letters/enums.py"
        register(
            "mailing-states.md",
            Drawing("Mailing 信函批次", source, enums.MailingState, enums.MAILING_TRANSITIONS, "draft"),
        )
        register(
            "letter-states.md",
            Drawing("Letter 信函", source, enums.LetterState, enums.LETTER_TRANSITIONS, "waiting"),
        )
