from allauth.account import views as account
from django.urls import include, path

from kaimen.foundation.views import files, roster, sign_in

urlpatterns = [
    path("file/<str:signed>", files.file, name="file"),
    path("manage/roster", roster.import_page, name="roster"),
    path("manage/roster/sample.csv", roster.sample, name="roster_sample"),
    path("in", sign_in.sign_in, name="sign_in"),
    path("in/code", sign_in.sign_in_code, name="sign_in_code"),
    path("in/staff", sign_in.StaffSignIn.as_view(), name="account_login"),
    path("in/as/<int:pk>", sign_in.sign_in_as, name="sign_in_as"),
    path("in/closed", account.account_inactive, name="account_inactive"),
    path("out", sign_in.sign_out, name="sign_out"),
    path("me/again", account.reauthenticate, name="account_reauthenticate"),
    path("me/password", sign_in.ChangePassword.as_view(), name="account_change_password"),
    path("me/keys/", include("allauth.mfa.urls")),
]
