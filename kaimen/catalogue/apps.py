from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "kaimen.catalogue"
    label = "catalogue"
    verbose_name = "服务清单"

    def ready(self) -> None:
        from kaimen.foundation import reference  # models are not loaded before

        tables = ("catalogue_service", "catalogue_domain", "catalogue_listrevision")
        reference.WATCHED |= dict.fromkeys(tables, reference.EVERY_CHANGE)
