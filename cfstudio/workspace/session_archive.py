"""The zip around a session: its members as bytes, read one by one and never more than their limits allow."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

MEGABYTE = 1 << 20

SIZE_LIMITS = {".json": 256 * MEGABYTE, ".parquet": 4096 * MEGABYTE, ".safetensors": 4096 * MEGABYTE}
"""Most bytes a member may unpack to: several times what 32 million ratings need."""


class PartError(ValueError):
    """A part of a session is missing or contradicts another; completes "… cannot be opened: "."""


class SessionArchive:
    """A session file opened for reading."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())

    def __contains__(self, member: str) -> bool:
        return member in self._names

    def read(self, member: str) -> bytes:
        """The bytes of a member. Raises PartError if it is missing or larger than its kind may be."""
        if member not in self._names:
            raise PartError(f"it has no {member}")
        limit = SIZE_LIMITS[Path(member).suffix]
        with self._archive.open(member) as file:
            # The size that the zip's directory declares need not be true: only what is read counts.
            content = file.read(limit + 1)
        if len(content) > limit:
            raise PartError(f"its {member} is larger than {limit // MEGABYTE} MB")
        return content

    def read_json(self, member: str) -> dict[str, Any]:
        """The JSON object in a member. Raises PartError if it is something else, ValueError if it is no JSON."""
        content = json.loads(self.read(member))
        if not isinstance(content, dict):
            raise PartError(f"its {member} is no JSON object")
        return content


def add_member(archive: zipfile.ZipFile, member: str, content: bytes) -> None:
    """Write a member; text is deflated, tables and tensors are stored as they are."""
    kind = zipfile.ZIP_DEFLATED if member.endswith(".json") else zipfile.ZIP_STORED
    archive.writestr(member, content, compress_type=kind)


def add_json(archive: zipfile.ZipFile, member: str, content: dict[str, Any]) -> None:
    """Write a member as JSON that any reader accepts. Raises ValueError for NaN, TypeError for other objects."""
    add_member(archive, member, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False).encode())
