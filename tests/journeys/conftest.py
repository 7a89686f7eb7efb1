from typing import Any

import pytest


@pytest.fixture
def lingfeng(transactional_db: None) -> Any:
    """The demo's park before anybody has said a word: a second, because it is the real one."""
    from tests.journeys.cast import Lingfeng  # models can be imported only when Django is ready

    return Lingfeng()
