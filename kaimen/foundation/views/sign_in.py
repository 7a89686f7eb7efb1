"""One page, two ways in: workers by phone and code, staff by user name and password."""

from typing import Any

from allauth.account.utils import perform_login
from allauth.account.views import LoginView, PasswordChangeView
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kaimen.foundation import sign_in_codes, sms
from kaimen.foundation.accounts import first_page
from kaimen.foundation.addresses import client_address
from kaimen.foundation.demo import PASSWORD, demo_people
from kaimen.foundation.fields import decrypt, encrypt
from kaimen.foundation.forms import CodeForm, PhoneForm
from kaimen.foundation.models import Account, Person
from kaimen.foundation.permissions import is_staff
from kaimen.logic.identity import mask_phone

PAGE = "foundation/sign_in.html"
KEPT = "sign_in"  # session key: {"pk", "phone" (encrypted), "next", "shown"}


def safe_next(request: HttpRequest) -> str:
    """The local address to go on to, or ""; never another site."""
    return local_only(request.POST.get("next") or request.GET.get("next") or "")


def local_only(url: str) -> str:
    """`url` if it is an address of this site, written from the root; else ""."""
    return url if url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None) else ""


def _page_context(request: HttpRequest) -> dict[str, Any]:
    return {
        "next": safe_next(request),
        "demo_people": demo_people() if settings.DEMO else [],
        "demo_password": PASSWORD if settings.DEMO else "",
        "consent_version": sign_in_codes.CONSENT_VERSION,
    }


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(safe_next(request) or first_page(request))
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _send_code(request, form):
        return redirect("sign_in_code")
    return render(request, PAGE, {"phone_form": form, **_page_context(request)})


def _send_code(request: HttpRequest, form: PhoneForm) -> bool:
    """Issue and send; what went wrong is said on the form. Whether the phone is known plays no part."""
    phone = form.cleaned_data["phone"]
    try:
        issued = sign_in_codes.issue_code(phone=phone, address=client_address(request), now=timezone.now())
        text = _("【开门】您的验证码是 %(code)s，5 分钟内有效。不要告诉别人。") % {"code": issued.code}
        shown = sms.send(phone, text)
    except sign_in_codes.TooMany as limit:
        wait = (
            _("要得太快了，过 1 分钟再要一次。") if limit.minutes == 1 else _("要得太多了，过 1 小时再来。")
        )
        form.add_error("phone", wait)
        return False
    except sms.NotSent:
        form.add_error("phone", _("短信现在发不出去。您可以不登录直接说事，也可以打社区的电话。"))
        return False
    request.session[KEPT] = {
        "pk": issued.row.pk,
        "phone": encrypt(phone),
        "next": safe_next(request),
        "shown": shown,
    }
    return True


@never_cache
def sign_in_code(request: HttpRequest) -> HttpResponse:
    kept = request.session.get(KEPT)
    if kept is None:
        return redirect("sign_in")
    phone = decrypt(kept["phone"])
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if sign_in_codes.check_code(pk=kept["pk"], phone=phone, code=form.cleaned_data["code"], now=now):
            return _enter(request, phone, kept["next"])
        form.add_error("code", _("数字不对，或者已经过期。再看一眼短信，或者重新要一个。"))
    context = {"form": form, "masked": mask_phone(phone), "shown": kept["shown"] if settings.DEMO else ""}
    return render(request, "foundation/sign_in_code.html", context)


def _enter(request: HttpRequest, phone: str, onward: str) -> HttpResponse:
    """Sign in whoever proved this phone, unless it belongs to staff: a phone is less than their two factors."""
    del request.session[KEPT]
    account = sign_in_codes.account_for_phone(phone=phone, now=timezone.now())
    if is_staff(account.person) or not account.is_active:
        refusal = "staff" if account.is_active else "inactive"
        return render(request, "foundation/sign_in_refused.html", {"refusal": refusal}, status=403)
    return _perform(request, account, onward)


def _perform(request: HttpRequest, account: Account, onward: str) -> HttpResponse:
    response = perform_login(request, account, redirect_url=onward or None)
    if account.person and account.person.elder_mode:
        response.set_cookie("elder", "1", max_age=31_536_000, samesite="Lax")
    return response


@never_cache
@require_POST
def sign_in_as(request: HttpRequest, pk: int) -> HttpResponse:
    """The demo's one press: plays an invented person. Does not exist outside the demo."""
    if not settings.DEMO:
        raise Http404
    person = get_object_or_404(Person.objects.exclude(account__is_active=False), pk=pk, is_demo=True)
    account = sign_in_codes.open_account(person=person)
    if request.user.is_authenticated:
        logout(request)  # from one role to the next without a way round
    return _perform(request, account, safe_next(request))


@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """GET asks, POST does: a link or picture on another site cannot sign anybody out."""
    if request.method != "POST":
        return render(request, "foundation/sign_out.html")
    logout(request)
    return redirect("home")


class StaffSignIn(LoginView):
    """allauth's password sign-in (limits, second factor, session) on our page."""

    template_name = PAGE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"phone_form": PhoneForm(), "staff": True, **_page_context(self.request)}


class ChangePassword(PasswordChangeView):
    template_name = "foundation/password_change.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect("sign_in")
        if not request.user.has_usable_password():  # workers have none, and need none
            return redirect("me")
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response
