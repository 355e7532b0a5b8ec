"""The key of a project's keyed digests: from the environment, else from its own file, which is made on first use."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from feedback_engine.errors import ConfigError, tell_os_error

#: Fewer bytes than this can be tried through.
MIN_BYTES = 16


def load_key(path: Path | None) -> bytes:
    """Return the key in $FEEDBACK_ENGINE_KEY, else in the file; without either, a new one, written to the file.

    Without a path the new key lives as long as the process. Raises ConfigError if the file cannot be used.
    """
    if from_environment := os.environ.get("FEEDBACK_ENGINE_KEY"):
        return _check(from_environment.encode(), "环境变量 FEEDBACK_ENGINE_KEY")
    if path is None:
        return secrets.token_bytes(32)
    try:
        return _check(path.read_bytes().strip(), str(path)) if path.exists() else _make(path)
    except OSError as error:
        raise ConfigError(
            f"{path}：匿名化密钥文件无法读写（{tell_os_error(error)}）；请检查 privacy.key_file"
        ) from None


def _check(key: bytes, place: str) -> bytes:
    if len(key) < MIN_BYTES:
        raise ConfigError(f"{place}：匿名化密钥只有 {len(key)} 字节，至少要 {MIN_BYTES}；请换成随机密钥")
    return key


def _make(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_hex(32).encode()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
    return key
