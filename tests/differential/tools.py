"""Runs a tool on a template, in the same directory for both, so that paths are the same too."""

import os
import shutil
import subprocess
from dataclasses import dataclass

from templates import Template

LIMIT = 60


@dataclass
class Outcome:
    """What came of a template's commands."""

    exits: list[int | str]
    output: str
    files: dict[str, bytes]


def run(tool: str, template: Template, directory: str) -> Outcome:
    """`directory` is made anew. Everything else that the tool may see is the same in each run."""
    shutil.rmtree(directory, ignore_errors=True)
    work, home, temporary = (os.path.join(directory, name) for name in ("work", "home", "tmp"))
    for path in (work, home, temporary):
        os.makedirs(path)
    for name, text in template.files.items():
        with open(os.path.join(work, name), "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
            file.write(text)
        if name.endswith(".sh"):
            os.chmod(os.path.join(work, name), 0o755)
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "TMPDIR": temporary, "LANG": "C.UTF-8", "TZ": "UTC", "CHECKPOINT_DISABLE": "1", "AWS_EC2_METADATA_DISABLED": "true", **template.environment}
    exits, output = [], ""
    for command in template.commands:
        # An argument cannot hold a NUL; nor can the other tool be given one.
        command = [argument.replace("\0", "") for argument in command]
        try:
            done = subprocess.run([tool, *command], cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT, check=False)
            exits.append(done.returncode)
            output += done.stdout.decode("utf-8", errors="replace")
        except subprocess.TimeoutExpired:
            exits.append("time-out")
    return Outcome(exits, output, written(work, template))


def written(work: str, template: Template) -> dict[str, bytes]:
    """The files that are new or changed."""
    found = {}
    for base, _, names in os.walk(work):
        for name in names:
            path = os.path.join(base, name)
            relative = os.path.relpath(path, work)
            with open(path, "rb") as file:
                content = file.read()
            if content != template.files.get(relative, "\0").encode("utf-8", errors="surrogatepass"):
                found[relative] = content
    return found
