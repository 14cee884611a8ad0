"""The differences that are meant: how each is known, and why it is so."""

import re
from dataclasses import dataclass
from typing import Callable

from templates import Template
from tools import Outcome


@dataclass
class Known:
    reason: str
    fits: Callable[[Template, Outcome, Outcome, list[str]], bool]


def said(pattern: str) -> Callable:
    """Packer's output has this."""
    return lambda _template, packer, _ours, _found: re.search(pattern, " ".join(packer.output.split())) is not None


def said_here(pattern: str) -> Callable:
    """Our output has this."""
    return lambda _template, _packer, ours, _found: re.search(pattern, " ".join(ours.output.split())) is not None


# Where a reason names a version, the newer behaviour is the one to have.
KNOWN = [
    Known("texts are UTF-8 here: what cuts a character in two shows U+FFFD", lambda _template, _packer, ours, _found: any(b"\xef\xbf\xbd" in content for content in ours.files.values())),
    Known("Packer crashes, as its fix does where a builder has no type", said("PACKER CRASH")),
    Known("1.16 refuses a build of which nothing is selected", said_here("No builds to run")),
    Known("1.16 knows its version in names and variables too", said("packer_version not available")),
    Known("complex numbers are refused", said_here("complex constant")),
    Known("newer Go ranges over numbers", said("range can't iterate over [0-9-]+")),
    Known("newer Go words an unexpected parenthesis otherwise", said_here("unexpected right paren")),
    Known("the decoder of `powershell` takes every text for an execution policy", said("does not belong to ExecutionPolicy values")),
]


def reason(template: Template, packer: Outcome, ours: Outcome, found: list[str]) -> str | None:
    """Why a difference is meant; None where it is not."""
    return next((known.reason for known in KNOWN if known.fits(template, packer, ours, found)), None)
