from pathlib import Path

from reconcile.settings import Settings, load
from tests.cli.small import Small


def test_init_writes_settings_that_say_the_defaults(tmp_path: Path) -> None:
    small = Small(tmp_path)

    assert small.run("init").exit_code == 0
    assert load(small.inputs / "settings.toml") == Settings()
    assert {path.name for path in small.inputs.iterdir()} == {
        "settings.toml",
        "protected.csv",
        "entra",
        "directory",
        "agents",
    }


def test_init_touches_nothing_that_exists(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.settings('[tenant]\nname = "mine"\n')

    result = small.run("init")

    assert "kept" in result.output
    assert load(small.inputs / "settings.toml").tenant.name == "mine"
