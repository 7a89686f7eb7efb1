"""Addresses of letters for those who send them; the receiver's door is in intake."""

from django.urls import path

from kaimen.letters.views import heads, letters, mailings, posting, templates

urlpatterns = [
    path("letters/", mailings.mailings, name="mailings"),
    path("letters/new", mailings.mailing_new, name="mailing_new"),
    path("letters/head", heads.letterhead, name="letterhead"),
    path("letters/head/logo", heads.letterhead_logo, name="letterhead_logo"),
    path("letters/head/logo/drop", heads.letterhead_logo_drop, name="letterhead_logo_drop"),
    path("letters/head/sample.pdf", heads.letterhead_sample, name="letterhead_sample"),
    path("letters/templates/", templates.letter_templates, name="letter_templates"),
    path("letters/templates/new", templates.letter_template_new, name="letter_template_new"),
    path("letters/templates/load", templates.letter_templates_load, name="letter_templates_load"),
    path("letters/templates/preview", templates.letter_template_preview, name="letter_template_preview"),
    path("letters/templates/<int:pk>", templates.letter_template, name="letter_template"),
    path(
        "letters/templates/<int:pk>/switch", templates.letter_template_switch, name="letter_template_switch"
    ),
    path("letters/<int:pk>", mailings.mailing, name="mailing"),
    path("letters/<int:pk>/to", mailings.mailing_recipients, name="mailing_recipients"),
    path("letters/<int:pk>/words", mailings.mailing_words, name="mailing_words"),
    path("letters/<int:pk>/do/<slug:verb>", mailings.mailing_do, name="mailing_do"),
    path("letters/<int:pk>/sample/<int:seq>.pdf", letters.mailing_sample, name="mailing_sample"),
    path("letters/<int:pk>/scan", posting.mailing_scan, name="mailing_scan"),
    path("letters/<int:pk>/numbers", posting.mailing_numbers, name="mailing_numbers"),
    path("letters/<int:pk>/export.<slug:kind>", posting.mailing_export, name="mailing_export"),
    path("letters/<int:pk>/batch/<int:number>/posted", posting.batch_posted, name="batch_posted"),
    path("letters/<int:pk>/batch/<int:number>/again", posting.batch_again, name="batch_again"),
    path("letters/<int:pk>/batch/<int:number>/<slug:what>", posting.batch_file, name="batch_file"),
    path("letters/one/<int:pk>", letters.letter, name="letter"),
    path("letters/one/<int:pk>/pdf", letters.letter_pdf, name="letter_pdf"),
    path("letters/one/<int:pk>/docx", letters.letter_docx, name="letter_docx"),
    path("letters/one/<int:pk>/mend", letters.letter_mend, name="letter_mend"),
    path("letters/one/<int:pk>/do/<slug:verb>", letters.letter_do, name="letter_do"),
]
