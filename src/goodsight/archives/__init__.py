"""A backup as one file: members under names from a closed list, each with its SHA-256.

A zip without compression, as docs/decisions/0029 says. This room knows nothing of databases.
"""

from goodsight.archives.manifest import Manifest, Member
from goodsight.archives.reading import ArchiveReader
from goodsight.archives.writing import ArchiveWriter

__all__ = ["ArchiveReader", "ArchiveWriter", "Manifest", "Member"]
