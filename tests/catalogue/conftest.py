from types import SimpleNamespace

import pytest

from kaimen.catalogue import actions
from kaimen.catalogue.models import Service
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation
from kaimen.foundation.organisations import add_organisation

from . import cast


@pytest.fixture
def park(db: None) -> SimpleNamespace:
    """A small community with one domain each, and one person of every role; officer2 works in another community."""
    union = add_organisation(
        key="union", name="示例区总工会", kind=OrganisationKind.FEDERATION, parent=None, by=None
    )
    here, there = (
        add_organisation(key=key, name=name, kind=OrganisationKind.COMMUNITY, parent=union, by=None)
        for key, name in (("lingfeng", "灵峰示例社区"), ("elsewhere", "别处示例社区"))
    )
    housing = add_organisation(
        key="housing", name="示例住建局", kind=OrganisationKind.DEPARTMENT, parent=None, by=None
    )
    actions.put_domain(community=here, key="living", name="生活服务", audience="worker", by=None)
    actions.put_domain(community=here, key="ten", name="企服十条", audience="enterprise", by=None)
    return SimpleNamespace(
        union=union,
        community=here,
        housing=housing,
        worker=cast.person("示例·工友", "worker", None),
        officer=cast.person("示例·专员", "officer", here),
        supervisor=cast.person("示例·督办", "supervisor", here),
        manager=cast.person("示例·管理员", "manager", union),
        handler=cast.person("示例·承办人", "handler", housing),
        chair=cast.person("示例·主席", "chair", here),
        officer2=cast.person("示例·别处专员", "officer2", None),
        elsewhere=there,
    )


@pytest.fixture
def umbrella(park: SimpleNamespace) -> Service:
    """One published service."""
    service = actions.add_draft(community=park.community, key="umbrella", content=cast.content(), by=None)
    actions.publish(service=service, by=None)
    return service


@pytest.fixture
def lingfeng(db: None) -> Organisation:
    """The demo's community with the whole demo list: half a second, because it is the real one."""
    community = cast.organisations()["lingfeng"]
    report = actions.load_pack(community=community, path=cast.LIST)
    assert not report.refused
    return community
