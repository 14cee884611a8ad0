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
    return lambda _template, packer, _ours, _found: re.search(pattern, one_line(packer.output)) is not None


def said_here(pattern: str) -> Callable:
    """Our output has this."""
    return lambda _template, _packer, ours, _found: re.search(pattern, one_line(ours.output)) is not None


def one_line(output: str) -> str:
    """Also where line ends are written as in machine-readable output."""
    return " ".join(output.replace("\\n", " ").split())


def is_hidden_here(template: Template, packer: Outcome, ours: Outcome, _found: list[str]) -> bool:
    """What is printed may differ by what is hidden; the verdict may not."""
    return packer.exits == ours.exits and "-machine-readable" in template.commands[-1] and "<sensitive>" in ours.output


def is_hidden_default(template: Template, packer: Outcome, ours: Outcome, _found: list[str]) -> bool:
    """The same lines, but for what either hides."""
    if packer.exits != ours.exits or template.commands[-1][0] != "inspect":
        return False
    there, here = (outcome.output.strip().splitlines() for outcome in (packer, ours))
    return len(there) == len(here) and all(one == other or covers(one, other) or covers(other, one) for one, other in zip(there, here))


def covers(hiding: str, shown: str) -> bool:
    """Whether one line is the other with something hidden."""
    return "<sensitive>" in hiding and re.fullmatch(".*".join(map(re.escape, hiding.split("<sensitive>"))), shown) is not None


# Where a reason names a version, the newer behaviour is the one to have.
KNOWN = [
    Known("texts are UTF-8 here: what cuts a character in two shows U+FFFD", lambda _template, _packer, ours, _found: any(b"\xef\xbf\xbd" in content for content in ours.files.values())),
    Known("Packer crashes, as its fix does where a builder has no type", said("PACKER CRASH")),
    Known("several templates are refused by `inspect`, an empty name by all", lambda _template, packer, ours, _found: "Usage: ami-build inspect" in ours.output or packer.exits == [0] and "open : no such file" in ours.output),
    Known("1.16 refuses a build of which nothing is selected", said_here("No builds to run")),
    Known("1.16 knows its version in names and variables too", said("packer_version not available")),
    Known("complex numbers are refused", said_here("complex constant")),
    Known("newer Go ranges over numbers", said("range can't iterate over [0-9-]+")),
    Known("newer Go words an unexpected parenthesis otherwise", said_here("unexpected right paren")),
    Known("Packer hides a default that equals a sensitive one or not, by the order of a map", is_hidden_default),
    Known("1.16 hides sensitive values in machine-readable output too", is_hidden_here),
    Known("1.16 has more keys", said(r"unknown configuration key: '\"(use_pwsh|env)\"'")),
    Known("1.16 takes a tri-state there", said("'associate_public_ip_address' expected type 'bool'")),
    Known("Rust words what a network says otherwise", said("dial tcp")),
    Known("Go's name of the type of all fields together", said("can't slice item of type map")),
    Known("what is quoted is cut after a hundred characters", said('(must use the `build` function.*){3}|invalid duration "[^"]{100}')),
    Known("a key that `fix` rewrites is told so for the builder `file` and for provisioners too", said_here(r"Deprecated configuration key: '\w+'.* at t.json:\S+ /(builders|provisioners)/")),
    Known("the decoder of `powershell` takes every text for an execution policy", said("does not belong to ExecutionPolicy values")),
]


def reason(template: Template, packer: Outcome, ours: Outcome, found: list[str]) -> str | None:
    """Why a difference is meant; None where it is not."""
    return next((known.reason for known in KNOWN if known.fits(template, packer, ours, found)), None)
