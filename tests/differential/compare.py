"""Whether both tools did the same: verdict, class of error, files, and what the output tells."""

import gzip
import io
import json
import lzma
import re
import tarfile
import zipfile

import lz4
from templates import Template
from tools import Outcome

DURATION = r"\d+ (?:year|week|day|hour|minute|second|millisecond|microsecond)s?"
# Headings and counts: they say nothing that the verdict does not say.
HEADING = re.compile(r"^(Error:.*|(\d+|<sensitive>) errors? occurred:|(\d+|<sensitive>) error\(s\) (occurred|decoding):|Failed to parse template: \d+ errors? occurred:|.*\d+ error\(s\) decoding:|Error decoding config: \d+ errors? occurred:|Failed to initialize build.*"
                     r"|==>.*|-->.*|Build '.*|Warning: Warning when preparing build.*|Error! Fixed template.*|This is usually caused.*|Please fix the error.*|Debug mode enabled.*)$")
# What newer versions of Go and of its libraries say otherwise, and what we say in other words behind the first ones.
WORDING = [
    (r"^Failed to parse template: ", ""),
    (r"^Error parsing template: ", ""),
    (r"^Error parsing JSON: ", ""),
    (r"^Error decoding config: ", ""),
    (r"^Error decoding provisioner: ", ""),
    (r", value: '.*$", ""),
    (r" in:$", ""),
    (r" Note: some \S* used to.*", ""),
    (r", see https://www\.packer\.io/docs\S* for more information$", ""),
    (r"^\d+ is an invalid Trace", "invalid Trace"),
    (r"^ssh_bastion_password or ssh_bastion_private_key_file.*", "ssh_bastion_private_key_file"),
    (r": Error parsing tunnel.*", ""),
    (r" to update your template to be compatible.*", ""),
    (r"; got (<any>|uint8)$", ""),
    (r'(time: invalid duration) "\{\{.*', r"\1"),
    (r"; using 1\.6\.6$", ""),
    (r'^"[^"]*": stat ', "open "),
    (r"\.$", ""),
]
# Go's types, and a boolean that is none, in the words of either version.
TYPES = (r"\[\]interface \{\}|map\[.+?\]interface \{\}", "<any>")
NO_BOOLEAN = (r"cannot parse '(\w+)' as bool:|error decoding '(\w+)': Error parsing bool from given var:", r"no bool: \1\2:")
# Where actions are masked, columns count what stands in for them.
MASKED = (r"((?:Failed to interpolate .*?|Error: |^)template: root:\d+):\d+", r"\1")


def differences(template: Template, packer: Outcome, ours: Outcome) -> list[str]:
    """What differs, in words; empty where nothing does."""
    if packer.exits != ours.exits:
        return [f"exit {packer.exits} there, {ours.exits} here"]
    found = files(packer, ours)
    command = template.commands[-1]
    if all(outcome.output.startswith("Usage: ") for outcome in (packer, ours)):
        return found
    if command[0] == "fix" and any(packer.exits):
        return found
    if any(packer.exits):
        found += reasons(packer, ours)
    elif command[0] in ("inspect", "fix") and same_text(packer.output) != same_text(ours.output):
        found.append("prints other text")
    if command[0] == "build" and any("Build '" in outcome.output for outcome in (packer, ours)):
        found += lines(packer, ours, "-machine-readable" in command and not any(packer.exits))
    return found


def files(packer: Outcome, ours: Outcome) -> list[str]:
    found = []
    for name in sorted(packer.files.keys() | ours.files.keys()):
        if name.startswith("packer_cache"):
            continue
        there, here = packer.files.get(name), ours.files.get(name)
        if there is None or here is None:
            found.append(f"{name} is written {'here' if there is None else 'there'} only")
        elif described(there) != described(here):
            found.append(f"{name}: {str(described(there))[:400]!r} there, {str(described(here))[:400]!r} here")
    return found


def described(content: bytes):
    if content[:2] == b"\x1f\x8b":
        return "gzip", described(gzip.decompress(content))
    if content[:6] == b"\xfd7zXZ\0" and len(content) > 100:
        # What is smaller has to be the same bytes.
        return "xz", described(lzma.decompress(content))
    if content[:4] == lz4.MAGIC:
        return "lz4", described(lz4.decompress(content))
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sorted((name, archive.read(name)) for name in archive.namelist())
    if content[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            return sorted((member.name, member.mode, archive.extractfile(member).read()) for member in archive.getmembers() if member.isfile())
    text = content.decode("utf-8", errors="replace")
    if '"last_run_uuid"' in text:
        manifest = json.loads(text)
        manifest["last_run_uuid"] = ""
        # How small an archive becomes depends on the compressor.
        for file in (file for build in manifest["builds"] for file in build["files"] or [] if not file["name"].endswith(".txt")):
            file["size"] = bool(file["size"])
        for build in manifest["builds"]:
            build["packer_run_uuid"] = ""
            build["build_time"] = bool(build.get("build_time"))
        # Builds side by side end in any order.
        manifest["builds"].sort(key=lambda build: build["name"])
        return manifest
    if re.fullmatch(r"([0-9a-f]{32,}\t.*\n)+", text):
        return sorted(text.splitlines())
    return text


def plain(output: str) -> str:
    """Without control characters, which we do not print."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffd\xa0]", "", output)


def same_text(output: str) -> str:
    output = plain(output)
    output = re.sub(r"(?m)^\d{10},", "<time>,", output)
    return "\n".join(line.rstrip() for line in output.strip().splitlines())


def canonical(text: str) -> str:
    """On one line, and with what differs between versions in one form."""
    text = " ".join(text.split())
    for pattern, replacement in (TYPES, NO_BOOLEAN, MASKED):
        text = re.sub(pattern, replacement, text)
    return text


def reasons(packer: Outcome, ours: Outcome) -> list[str]:
    """Each thing that Packer says is wrong, we say too. We may say more: Packer stops at the first of each component."""
    if "Usage: packer" in packer.output:
        return [] if "Usage: " in ours.output else ["not said here: usage"]
    have = canonical(human(ours.output))
    # Fields are named by Go's field or by the template's key.
    missing = [item for item in items(human(packer.output)) if item.lower() not in have.lower()]
    return [f"not said here: {item[:300]}" for item in missing[:2]]


def human(output: str) -> str:
    """What a reader would see; of machine-readable output the errors."""
    if re.search(r"(?m)^\d{10},", output):
        output = "\n".join(line for line in output.splitlines() if ",ui,error," in line)
    output = re.sub(r"'(\w+)\[[^\]]*\]'", r"'\1[]'", plain(output))
    lines = (re.sub(r"^\d{10},[^,]*,(ui,\w+|error),", "", line) for line in output.splitlines())
    return "\n".join(line.replace("%!(PACKER_COMMA)", ",").replace("\\n", "\n") for line in lines)


def items(output: str) -> list[str]:
    """Packer's output in parts: a bullet or a paragraph each, without headings and without the text that an error is in."""
    parts, quoting = [[]], False
    for line in output.splitlines():
        # What a build's scripts print stands behind four spaces and the build's name.
        is_told = re.match(r"    [^\s:]+:( |$)", line)
        line = line.strip()
        if HEADING.match(line) or is_told:
            parts.append([])
            quoting = False
        elif line.startswith("* "):
            parts.append([line[2:]])
            quoting = line.endswith(" in:")
        elif not line:
            quoting = quoting or bool(parts[-1]) and parts[-1][-1].endswith("in:")
            parts.append([])
        elif not quoting:
            parts[-1].append(line)
    found = [canonical(" ".join(part)) for part in parts]
    for pattern, text in WORDING:
        found = [re.sub(pattern, text, item) for item in found]
    return [item for item in found if item]


def lines(packer: Outcome, ours: Outcome, machine: bool) -> list[str]:
    there, here = (told(outcome.output, machine) for outcome in (packer, ours))
    if there == here:
        return []
    missing, further = [line for line in there if line not in here], [line for line in here if line not in there]
    return [f"told there: {missing[:3]}, here: {further[:3]}"]


def told(output: str, machine: bool) -> list[str]:
    """The lines of builds, in any order: builds run side by side."""
    # A sensitive value such as `1` is hidden in paths and durations too.
    output = plain(output)
    output = re.sub(r"/\S*/packer-shell[\w.<>-]*", "<script>", output)
    output = output.replace("<sensitive>", "1")
    output = re.sub(rf"(after ){DURATION}(?: {DURATION})*", r"\1<duration>", output)
    output = re.sub(r"(?m)^\d{10},", "<time>,", output)
    # What a pattern finds depends on the builds beside this one.
    output = re.sub(r"(artifact files|Created artifact from files|Discarding files from artifact):.*", r"\1", output)
    # The warnings of a component: Packer tells the build, we tell the place.
    output = re.sub(r"(?m)^<time>,,ui,say,Warning: .*$", "<warning>", output)
    wanted = (lambda line: line) if machine else (lambda line: re.match(r"(==> |    |--> |Build ')", line))
    return sorted(line.rstrip() for line in output.splitlines() if wanted(line))
