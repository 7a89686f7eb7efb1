from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "kaimen.catalogue"
    label = "catalogue"
    verbose_name = "服务清单"

    def ready(self) -> None:
        from kaimen.foundation import reference  # models are not loaded before

        reference.WATCHED |= dict.fromkeys(("catalogue_service", "catalogue_domain"), reference.EVERY_CHANGE)
