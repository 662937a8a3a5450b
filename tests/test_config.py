from dataclasses import fields
from pathlib import Path

import pytest

from goodsight.config import Settings, load_settings, settings_table
from goodsight.core.errors import UsageError


def test_defaults(tmp_path):
    settings = load_settings({"home": tmp_path}, {})
    assert settings == Settings(home=tmp_path)
    assert load_settings({}, {}).home.name == "goodsight"


def test_later_sources_win(tmp_path):
    (tmp_path / "goodsight.toml").write_text("threads = 1\nbatch_size = 8\ncollection = 'file'\n")
    environment = {"GOODSIGHT_HOME": str(tmp_path), "GOODSIGHT_BATCH_SIZE": "16"}
    settings = load_settings({"collection": "caller", "threads": None}, environment)
    assert (settings.threads, settings.batch_size, settings.collection) == (1, 16, "caller")


def test_lists_from_file_and_environment(tmp_path):
    (tmp_path / "goodsight.toml").write_text("execution_providers = ['A', 'B']\n")
    assert load_settings({"home": tmp_path}, {}).execution_providers == ("A", "B")
    environment = {"GOODSIGHT_EXECUTION_PROVIDERS": "C, D"}
    assert load_settings({"home": tmp_path}, environment).execution_providers == ("C", "D")


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("threads = -1", "is less than 0"),
        ("threads = true", "is not a whole number"),
        ("threads = 1.5", "is not a whole number"),
        ("batch_size = 0", "is less than 1"),
        ("database_url = 'mysql://x'", "is not a postgresql:// URL"),
        ("collection = ''", "is empty"),
        ("execution_providers = []", "is empty"),
        ("thraeds = 1", "no such setting"),
        ("threads = ", "cannot be read as settings"),
    ],
)
def test_a_bad_file_names_itself_the_key_and_the_cause(tmp_path, line, cause):
    (tmp_path / "goodsight.toml").write_text(line)
    with pytest.raises(UsageError, match=cause) as error:
        load_settings({"home": tmp_path}, {})
    assert "goodsight.toml" in str(error.value)


def test_a_bad_variable_names_itself():
    with pytest.raises(UsageError, match="GOODSIGHT_THREADS: 'many' is not a whole number"):
        load_settings({}, {"GOODSIGHT_THREADS": "many"})


def test_the_table_shows_every_setting():
    table = settings_table()
    assert [row.name for row in table] == [field.name for field in fields(Settings)]
    assert all(row.help for row in table)
    assert Path(load_settings({}, {}).home).is_absolute()


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:8080", "ftp://a/", "http://", "http://a:b@c/", "http://a:99999/", "http://a/b c"],
)
def test_a_language_model_has_a_web_address(url):
    with pytest.raises(UsageError, match="language_model_url"):
        load_settings({"language_model_url": url}, {})
    good = "https://models.example:8443/v1/chat/completions"
    assert load_settings({"language_model_url": good}, {}).language_model_url == good


def test_a_key_is_never_shown():
    environment = {"GOODSIGHT_LANGUAGE_MODEL_KEY": "sk-secret"}
    settings = load_settings({}, environment)
    assert settings.language_model_key == "sk-secret"
    assert "sk-secret" not in repr(settings)
    with pytest.raises(UsageError, match="GOODSIGHT_LANGUAGE_MODEL_KEY: the value has") as caught:
        load_settings({}, {"GOODSIGHT_LANGUAGE_MODEL_KEY": "sk-secret\nX: y"})
    assert "sk-secret" not in str(caught.value)
