"""When the environment is made anew, and whose certificates its packages are fetched by."""

import re
from pathlib import Path

import pytest

from include.local import bootstrap


def test_a_list_that_changed_is_not_installed_over_its_older_self(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    main, dev = (bootstrap.CHECKOUT / name for name in ("requirements.txt", "requirements-dev.txt"))
    of_now = bootstrap._stamp(main)
    bootstrap._stamp(dev).touch()
    assert not bootstrap._older(of_now), "another list's stamp is no older one"
    of_now.touch()
    assert not bootstrap._older(of_now)
    of_now.with_name("requirements-0123456789abcdef.stamp").touch()
    assert bootstrap._older(of_now)


def test_uv_believes_the_system_where_it_has_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert bootstrap._certificates() == {}
    (tmp_path / "0123abcd.0").touch()
    assert bootstrap._certificates() == {"UV_SYSTEM_CERTS": "1"}


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", "include/local/bootstrap.py"]
)
def test_the_pythons_that_are_promised_are_those_that_set_up_takes(page: str) -> None:
    taken = {f"3.{minor}" for minor in range(bootstrap.OLDEST[1], bootstrap.NEWEST[1] + 1)}
    lines = (bootstrap.CHECKOUT / page).read_text(encoding="utf-8").splitlines()
    promised = [set(re.findall(r"\b3\.\d+", line)) for line in lines if re.search(r"Python 3\.|3\.\d+ is needed", line)]
    assert promised
    assert all(versions == taken for versions in promised)
