import time

import pytest

from examples.documents import play
from examples.from_apisix import __main__ as apisix
from examples.from_kong import __main__ as kong
from examples.openbao import find_bao
from tests.kit import program


@pytest.mark.parametrize("number", range(len(kong.setups(0))))
def test_a_document_of_kong_comes_out_as_it_says(number: int) -> None:
    """Every request of Kong's documents gets the answer they print, over HTTP."""
    assert play([kong.setups(int(time.time()))[number]]) == 0


@pytest.mark.parametrize("number", range(len(apisix.setups())))
def test_a_section_of_apisix_page_comes_out_as_it_says(number: int) -> None:
    """Every request of APISIX's page gets the answer it prints, over HTTP."""
    setup = apisix.setups()[number]
    if setup.beside is not None and find_bao() is None:
        program("bao")
    assert play([setup]) == 0
