"""One frozen table of settings: name, default, unit, help.

Later sources win: defaults, `goodsight.toml` in the home, the environment (`GOODSIGHT_` and
the name in capitals), what the caller overrides. Nothing is read at import.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from goodsight.core.errors import UsageError

__all__ = ["SETTINGS_FILE", "SettingRow", "Settings", "load_settings", "settings_table"]

SETTINGS_FILE = "goodsight.toml"
ENVIRONMENT_PREFIX = "GOODSIGHT_"


def _default_home() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("goodsight", appauthor=False))


def _setting(default: Any, help_text: str, unit: str = "", *, secret: bool = False) -> Any:
    metadata = {"help": help_text, "unit": unit}
    if callable(default):
        return dataclass_field(default_factory=default, metadata=metadata)
    return dataclass_field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set; `settings_table` shows it for people."""

    home: Path = _setting(_default_home, "Folder of the embedded database, models and settings")
    database_url: str = _setting("", "postgresql:// URL of a server; empty: the embedded one")
    collection: str = _setting("default", "Collection used unless another one is named")
    threads: int = _setting(0, "Photos decoded and embedded side by side; 0: one per core")
    batch_size: int = _setting(64, "Photos committed together while indexing", "photos")
    execution_providers: tuple[str, ...] = _setting(
        ("CPUExecutionProvider",), "ONNX Runtime's execution providers, first choice first"
    )
    cache_megabytes: int = _setting(2048, "Disk for photos fetched by URL", "MB")
    feed_hosts: tuple[str, ...] = _setting(
        (), "Hosts of your own network that feeds and their photos come from: pim.intern:8080"
    )
    learn: bool = _setting(
        True, "Learn a projection from the catalogue's own products after indexing"
    )
    read_words: bool = _setting(
        True, 'In "quality", read the words printed on photos; without, all is many times faster'
    )
    min_confidence: float = _setting(
        0.2, "Below it the best product counts as no match; 0: everything matches"
    )
    speech_model: str = _setting(
        "", "Folder of a sherpa-onnx speech model; empty: PocketSphinx and the catalogue's words"
    )
    language_model_url: str = _setting(
        "", "Chat-completions address of a language model for requests; empty: rules alone"
    )
    language_model: str = _setting("", "The model's name there")
    language_model_key: str = _setting("", "The key that address wants, if any", secret=True)
    language_model_seconds: int = _setting(5, "How long a request waits for it", "seconds")
    host: str = _setting("127.0.0.1", "Address `goodsight serve` listens on")
    port: int = _setting(8000, "Port `goodsight serve` listens on")
    tls_certificate: str = _setting("", "Certificate file (PEM); with it the service speaks TLS")
    tls_key: str = _setting("", "The certificate's private key file (PEM)")
    public_search: bool = _setting(False, "Let anyone search without a key on any address")
    allowed_hosts: tuple[str, ...] = _setting(
        (), "Host names the service goes by; empty: local ones on 127.0.0.1, any elsewhere"
    )
    allowed_origins: tuple[str, ...] = _setting(
        (), "Origins whose pages may ask from the browser, such as https://shop.example"
    )
    requests_per_minute: int = _setting(600, "Of one key or address; 0: no limit", "requests")
    queue_length: int = _setting(64, "Searches that may wait for a core", "requests")
    request_seconds: int = _setting(30, "How long a request may wait for its turn", "seconds")
    max_body_megabytes: int = _setting(20, "Largest body of a search", "MB")
    max_feed_megabytes: int = _setting(512, "Largest feed by URL, or upload with its photos", "MB")
    upload_minutes: int = _setting(15, "How long a photo to search with is kept", "minutes")
    upload_megabytes: int = _setting(256, "Memory for photos to search with", "MB")


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as shown to people."""

    name: str
    default: str
    unit: str
    help: str
    environment: str


def load_settings(
    overrides: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Settings from all sources; `environment` is the process's unless given.

    Overrides that are None are left out. Raises UsageError that names source, key and cause.
    """
    variables = os.environ if environment is None else environment
    from_environment = {
        field.name: _parse(field.name, variables[name], name)
        for field in fields(Settings)
        if (name := ENVIRONMENT_PREFIX + field.name.upper()) in variables
    }
    given = {
        name: _parse(name, value, name)
        for name, value in (overrides or {}).items()
        if value is not None
    }
    home = given.get("home", from_environment.get("home"))
    settings_file = (home if home is not None else _default_home()) / SETTINGS_FILE
    from_file = {
        name: _parse(name, value, f"{settings_file}, {name}")
        for name, value in _read_file(settings_file).items()
    }
    return Settings(**(from_file | from_environment | given))


def settings_table() -> tuple[SettingRow, ...]:
    """All settings in their order, for the documentation."""
    return tuple(
        SettingRow(
            name=field.name,
            default=_shown_default(field.name),
            unit=field.metadata["unit"],
            help=field.metadata["help"],
            environment=ENVIRONMENT_PREFIX + field.name.upper(),
        )
        for field in fields(Settings)
    )


def _shown_default(name: str) -> str:
    if name == "home":
        return "the user's data folder"
    value = getattr(Settings(home=Path()), name)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as settings: {error}") from error


def _parse(name: str, value: Any, where: str) -> Any:
    if name not in _PARSERS:
        raise UsageError(f"{where}: no such setting; choose from {', '.join(_PARSERS)}")
    try:
        return _PARSERS[name](value)
    except (TypeError, ValueError) as error:
        shown = "the value" if name in _SECRETS else repr(value)
        raise UsageError(f"{where}: {shown} {error}") from error


def _path(value: Any) -> Path:
    if not isinstance(value, str | Path) or not str(value).strip():
        raise TypeError("is not a path")
    return Path(value).expanduser().absolute()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("is not a text")
    return value.strip()


def _name(value: Any) -> str:
    if not _text(value):
        raise ValueError("is empty")
    return _text(value)


def _url(value: Any) -> str:
    if _text(value) and not _text(value).startswith(("postgresql://", "postgres://")):
        raise ValueError("is not a postgresql:// URL")
    return _text(value)


def _web_address(value: Any) -> str:
    parts = urlsplit(_text(value))
    good = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    # Asked for its port, a URL says whether it has a good one.
    if _text(value) and (not good or parts.port == 0 or re.search(r"[^!-~]", _text(value))):
        raise ValueError("is not an http:// or https:// URL without name and password")
    return _text(value)


def _header_value(value: Any) -> str:
    if re.search(r"[^!-~]", _text(value)):
        raise ValueError("has a character that no key has")
    return _text(value)


def _names(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    names = tuple(_name(part) for part in parts)
    if not names:
        raise ValueError("is empty")
    return names


def _any_names(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(_name(part) for part in parts if _text(part))


def _origins(value: Any) -> tuple[str, ...]:
    origins = _any_names(value)
    for origin in origins:
        if not re.fullmatch(r"https?://[^/*\s]+", origin):
            raise ValueError(f"has '{origin}', which is no origin like https://shop.example")
    return origins


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if not isinstance(value, str) or value.strip().lower() not in words:
        raise ValueError("is neither true nor false")
    return words[value.strip().lower()]


def _whole_number(lowest: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise TypeError("is not a whole number")
        try:
            number = int(value)
        except ValueError:
            raise ValueError("is not a whole number") from None
        if number < lowest:
            raise ValueError(f"is less than {lowest}")
        return number

    return parse


def _share(value: Any) -> float:
    try:
        share = float(value)
    except (TypeError, ValueError):
        raise ValueError("is not a number") from None
    if not 0 <= share <= 1:
        raise ValueError("is not between 0 and 1")
    return share


_SECRETS = frozenset(field.name for field in fields(Settings) if not field.repr)
_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "home": _path,
    "database_url": _url,
    "collection": _name,
    "threads": _whole_number(0),
    "batch_size": _whole_number(1),
    "execution_providers": _names,
    "cache_megabytes": _whole_number(1),
    "feed_hosts": _any_names,
    "learn": _flag,
    "read_words": _flag,
    "min_confidence": _share,
    "speech_model": _text,
    "language_model_url": _web_address,
    "language_model": _text,
    "language_model_key": _header_value,
    "language_model_seconds": _whole_number(1),
    "host": _name,
    "port": _whole_number(0),
    "tls_certificate": _text,
    "tls_key": _text,
    "public_search": _flag,
    "allowed_hosts": _any_names,
    "allowed_origins": _origins,
    "requests_per_minute": _whole_number(0),
    "queue_length": _whole_number(0),
    "request_seconds": _whole_number(1),
    "max_body_megabytes": _whole_number(1),
    "max_feed_megabytes": _whole_number(1),
    "upload_minutes": _whole_number(1),
    "upload_megabytes": _whole_number(1),
}
