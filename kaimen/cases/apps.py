from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "kaimen.cases"
    label = "cases"
    verbose_name = "办件"

    def ready(self) -> None:
        from kaimen.cases import enums, leaving, my_data  # models are not loaded before
        from kaimen.foundation.state_drawings import Drawing, register

        my_data.connect()
        leaving.connect()
        source = "kaimen/cases/enums.py"
        register(
            "case-states.md",
            Drawing("Case 办件", source, enums.CaseState, enums.CASE_TRANSITIONS, "received"),
        )
        register(
            "task-states.md", Drawing("Task 交办", source, enums.TaskState, enums.TASK_TRANSITIONS, "asked")
        )
