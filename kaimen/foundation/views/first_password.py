"""The single-use link by which a member of staff sets their password."""

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from kaimen.foundation import staff


@never_cache
@sensitive_post_parameters()
def first_password(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    link = staff.find_password_link(token, now)
    if link is None:
        return render(request, "foundation/first_password.html", {"dead": True}, status=410)
    form = SetPasswordForm(link.account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if staff.use_password_link(link=link, password=form.cleaned_data["new_password1"], now=now):
            messages.success(request, _("密码设好了，现在用它进来。"))
            return redirect("account_login")
        return render(request, "foundation/first_password.html", {"dead": True}, status=410)
    return render(request, "foundation/first_password.html", {"form": form, "account": link.account})
