"""The runner's masker: what it hides in the log from the moment it learns of a secret."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote


class Masker:
    """Replaces every known value, and its usual encodings, by `***`."""

    def __init__(self, values: list[str]) -> None:
        self.values: list[str] = []
        self._pattern: re.Pattern[str] | None = None
        for value in values:
            self.add(value)

    def add(self, value: str) -> None:
        """Learns a value and each of its lines, as `AddMaskCommandExtension` does."""
        lines = [line.strip() for line in re.split(r"[\r\n]+", value)]
        for item in dict.fromkeys([value, *lines]):
            if item.strip() and item not in self.values:
                self.values.append(item)
        forms = {form for item in self.values for form in encodings(item)}
        # The longest first, so that a value that begins with another is hidden whole.
        ordered = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def mask(self, text: str) -> str:
        """The text as the log shows it."""
        return self._pattern.sub("***", text) if self._pattern else text

    def changes(self, text: str) -> bool:
        """Whether the text holds something hidden. A job output that does is dropped (JobExtension.cs)."""
        return self.mask(text) != text


def encodings(value: str) -> list[str]:
    """The forms that matter here of those in the runner's src/Sdk/DTLogging/Logging/ValueEncoders.cs."""
    data = value.encode("utf-8", "surrogateescape")
    # A secret in the middle of encoded text starts at any of three bit offsets; only whole groups are certain.
    shifted = [base64.b64encode(data[shift:]).decode().rstrip("=")[:-1] for shift in range(3)]
    forms = [value, json.dumps(value)[1:-1], quote(value, safe="", errors="surrogateescape")]
    return [form for form in forms if form] + [form for form in shifted if len(form) >= 8]
