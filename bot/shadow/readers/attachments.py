"""What kind of file hangs on a comment, from its declared media type or name. The file itself is never touched."""

from __future__ import annotations

import mimetypes

from bot.domain.comments import AttachmentKind

_BY_FAMILY = {
    "image": AttachmentKind.IMAGE,
    "video": AttachmentKind.VIDEO,
    "audio": AttachmentKind.AUDIO,
    "text": AttachmentKind.DOCUMENT,
    "application": AttachmentKind.DOCUMENT,
}


def kind_of_media(media_type: str) -> AttachmentKind:
    """Return the kind for a media type such as `image/png`."""
    return _BY_FAMILY.get(media_type.partition("/")[0].casefold(), AttachmentKind.OTHER)


def kind_of_name(file_name: str) -> AttachmentKind:
    """Return the kind for a file name, by its ending."""
    return kind_of_media(mimetypes.guess_type(f"file.{file_name.rpartition('.')[2]}", strict=False)[0] or "")
