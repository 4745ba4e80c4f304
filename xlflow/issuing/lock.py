"""The password of a workbook that is handed out."""

import io


def locked(package: bytes, password: str | None) -> bytes:
    """Return a workbook that opens with a password alone; without one, as it is.

    The lock holds random bytes, so it is another file each time.
    """
    if password is None:
        return package
    from msoffcrypto.format.ooxml import OOXMLFile

    closed = io.BytesIO()
    OOXMLFile(io.BytesIO(package)).encrypt(password, closed)
    return closed.getvalue()
