from allauth.account import views as account
from django.urls import include, path

from kaimen.foundation.views import exports, files, first_password, me, organisations, people, roster, sign_in

urlpatterns = [
    path("file/<str:signed>", files.file, name="file"),
    path("manage/roster", roster.import_page, name="roster"),
    path("manage/roster/sample.csv", roster.sample, name="roster_sample"),
    path("in", sign_in.sign_in, name="sign_in"),
    path("in/code", sign_in.sign_in_code, name="sign_in_code"),
    path("in/staff", sign_in.StaffSignIn.as_view(), name="account_login"),
    path("in/as/<int:pk>", sign_in.sign_in_as, name="sign_in_as"),
    path("in/first/<str:token>", first_password.first_password, name="first_password"),
    path("in/closed", account.account_inactive, name="account_inactive"),
    path("out", sign_in.sign_out, name="sign_out"),
    path("me", me.me, name="me"),
    path("me/type", me.elder_mode, name="elder_mode"),
    path("me/consents/<int:pk>/withdraw", me.withdraw_consent, name="consent_withdraw"),
    path("me/export", me.export, name="me_export"),
    path("me/erase", me.erase, name="me_erase"),
    path("notices/", me.notices, name="notices"),
    path("notices/export.<slug:kind>", exports.notices_export, name="notices_export"),
    path("notices/read", me.notices_read, name="notices_read"),
    path("notices/<int:pk>", me.notice_read, name="notice_read"),
    path("me/again", account.reauthenticate, name="account_reauthenticate"),
    path("me/password", sign_in.ChangePassword.as_view(), name="account_change_password"),
    path("manage/people", people.people, name="manage_people"),
    path("manage/people/export.<slug:kind>", exports.people_export, name="manage_people_export"),
    path("manage/people/add", people.person_add, name="manage_person_add"),
    path("manage/people/<int:pk>", people.person, name="manage_person"),
    path("manage/people/<int:pk>/reveal", people.reveal, name="manage_reveal"),
    path("manage/people/<int:pk>/roles", people.role_give, name="manage_role_give"),
    path("manage/people/<int:pk>/roles/<int:role>/take", people.role_take, name="manage_role_take"),
    path("manage/people/<int:pk>/absences", people.absence_add, name="manage_absence_add"),
    path(
        "manage/people/<int:pk>/absences/<int:absence>/drop", people.absence_drop, name="manage_absence_drop"
    ),
    path("manage/people/<int:pk>/link", people.password_link, name="manage_password_link"),
    path("manage/people/<int:pk>/account", people.account_switch, name="manage_account"),
    path("manage/people/<int:pk>/second-factor", people.second_factor_drop, name="manage_second_factor"),
    path("manage/organisations", organisations.organisations, name="manage_organisations"),
    path(
        "manage/organisations/export.<slug:kind>",
        exports.organisations_export,
        name="manage_organisations_export",
    ),
    path("manage/organisations/<int:pk>", organisations.organisation, name="manage_organisation"),
    path("manage/organisations/<int:pk>/add", organisations.organisation_add, name="manage_organisation_add"),
    path("manage/organisations/<int:pk>/robots", organisations.webhook_add, name="manage_webhook_add"),
    path(
        "manage/organisations/<int:pk>/robots/<int:webhook>/drop",
        organisations.webhook_drop,
        name="manage_webhook_drop",
    ),
    path("me/keys/", include("allauth.mfa.urls")),
]
