from django.urls import include, path

from kaimen.intake.views import answer_letters, exports, letters, needs, say, staff, triage

urlpatterns = [
    path("say", say.say, name="say"),
    path("say/suggest", say.say_suggest, name="say_suggest"),
    path("say/confirm", say.say_confirm, name="say_confirm"),
    path("f/<str:token>", say.form_page, name="form_page"),
    path("l/<str:token>", letters.letter_door, name="letter_door"),
    path("l/<str:token>/read", letters.letter_read, name="letter_read"),
    path("l/<str:token>/pdf", letters.letter_door_pdf, name="letter_door_pdf"),
    path("l/<str:token>/docx", letters.letter_door_docx, name="letter_door_docx"),
    path("l/<str:token>/off", letters.letter_off, name="letter_off"),
    path("l/<str:token>/address", letters.letter_address, name="letter_address"),
    path("desk/<str:number>/letter", answer_letters.answer_letter, name="answer_letter"),
    path("desk/<str:number>/letter/<int:pk>.pdf", answer_letters.answer_letter_pdf, name="answer_letter_pdf"),
    path(
        "desk/<str:number>/letter/<int:pk>.docx",
        answer_letters.answer_letter_docx,
        name="answer_letter_docx",
    ),
    path("open311/", include("kaimen.intake.open311.urls")),
    path("manage/triage", triage.triage, name="triage"),
    path("manage/triage/<int:pk>/use", triage.triage_use, name="triage_use"),
    path("take", staff.take, name="take"),
    path("visits/", staff.visits, name="visits"),
    path("visits/export.<slug:kind>", exports.visits_export, name="visits_export"),
    path("forms/export.<slug:kind>", exports.form_links_export, name="form_links_export"),
    path("needs/export.<slug:kind>", exports.needs_tables_export, name="needs_tables_export"),
    path("forms/", staff.form_links, name="form_links"),
    path("forms/<int:pk>/poster", staff.form_poster, name="form_poster"),
    path("forms/<int:pk>/stop", staff.form_stop, name="form_stop"),
    path("needs/", needs.needs_tables_page, name="needs_tables"),
    path("needs/<int:pk>", needs.needs_table, name="needs_table"),
    path("needs/<int:pk>/bring", needs.needs_table_bring, name="needs_table_bring"),
    path("needs/<int:pk>/drop", needs.needs_table_drop, name="needs_table_drop"),
    path("needs/<int:pk>/bad.csv", needs.needs_table_bad, name="needs_table_bad"),
]
