"""A random template with its files and the commands to run on it. The same seed always gives the same one."""

from dataclasses import dataclass, field
from random import Random

import document
import mutations
import odd
from components import Components
from document import Object
from expressions import Expressions

NAMES = ["v0", "v1", "v2", "n", "é", "a.b", "v-3"]
PLAIN = ["", "x", "1", "a,b", "web-é", "true", "a b", "web-1.0"]
ENVIRONMENT = {"SOME": "some value", "BRACES": "{{timestamp}}", "EMPTY": ""}


@dataclass
class Template:
    """Files by name, and the command lines, which run one after the other in the same directory."""

    files: dict[str, str]
    commands: list[list[str]]
    environment: dict[str, str] = field(default_factory=lambda: dict(ENVIRONMENT))


# From this seed on, templates are odd; the seeds below, many of them recorded, stay what they were.
ODD = 300_000


def make(seed: int) -> Template:
    random = Random(seed)
    if seed >= ODD:
        files, commands, environment = odd.make(random)
        tree = files["t.json"]
        return Template({**files, "t.json": document.write(tree, random)}, commands, {**ENVIRONMENT, **environment})
    kind = random.choices([language, rendering, components], [38, 32, 30])[0]
    return kind(random)


def language(random: Random) -> Template:
    """What the template is as a whole: no component is started."""
    tree, names = skeleton(random)
    builders = names_of(tree)
    for name in tree.get("builders"):
        if random.random() < 0.4:
            name.set("name", Expressions(random, names).text(1))
    if random.random() < 0.5:
        tree.append(("provisioners", [Components(random, Expressions(random, names), builders).provisioner(True)]))
    if random.random() < 0.4:
        tree.append(("post-processors", chains(random, Components(random, Expressions(random, names), builders))))
    if random.random() < 0.3:
        tree.append(random.choice([("description", "d é"), ("min_packer_version", random.choice(["1.0.0", "1.6", "99.0", "x", "v1.2.3", "1.6.0-dev", ""])), ("_comment", "c"), ("sensitive-variables", [random.choice(names)]), ("push", Object()),
                                   ("comments", [Object([("a", "b")])]), ("error-cleanup-provisioner", Object([("type", "shell-local"), ("command", "true")]))]))
    random.shuffle(tree)
    for _ in range(random.choice([0, 0, 1, 1, 2])):
        mutations.mutate(tree, random)
    text = document.write(tree, random)
    if random.random() < 0.12:
        text = document.spoil(text, random)
    given, files = variables(random, names)
    command = random.choice([["validate", "-only=zz"], ["validate", "-only=zz"], ["validate", "-only=zz"], ["inspect"], ["inspect", "-machine-readable"], ["validate", "-syntax-only"], ["fix"]])
    if command[0] == "validate":
        command = command + given
    return Template({**files, "t.json": text}, [[*command, "t.json"]])


def rendering(random: Random) -> Template:
    """What texts become: some `file` builders, whose files are compared."""
    tree, names = skeleton(random, plain=0.8)
    expressions = Expressions(random, names, ("template_dir | len",))
    builders = ["one", "two", "three"][: random.choice([1, 2, 3])]
    components = Components(random, expressions, builders)
    tree.set("builders", [components.file_builder(name) for name in builders])
    if random.random() < 0.2:
        tree.get("builders")[0].set("name", random.choice(["{{user `v0`}}", "x-{{user `v1`}}", "{{upper `a`}}"]))
    given, files = variables(random, names)
    if random.random() < 0.15:
        mutations.mutate(tree, random)
    return Template({**files, "t.json": document.write(tree, random)}, [["build", "-color=false", *given, "t.json"]])


def components(random: Random) -> Template:
    """What components make of their keys."""
    tree, names = skeleton(random, plain=0.9)
    expressions = Expressions(random, names)
    builders = ["one", "two", "three"][: random.choice([1, 1, 2, 3])]
    parts = Components(random, expressions, builders)
    validating = random.random() < 0.6
    kinds = [parts.file_builder, parts.null_builder, parts.null_builder, parts.amazon_builder] if validating else [parts.quick_builder]
    tree.set("builders", [random.choice(kinds)(name) for name in builders])
    if random.random() < 0.75:
        tree.append(("provisioners", [parts.provisioner(validating) for _ in range(random.choice([1, 1, 2]))]))
    if random.random() < 0.6:
        tree.append(("post-processors", chains(random, parts)))
    if random.random() < 0.1:
        tree.append(("error-cleanup-provisioner", parts.shell_local()))
    if random.random() < 0.1:
        tree.append(("sensitive-variables", ["v0"]))
    if random.random() < 0.2:
        mutations.mutate(tree, random)
    given, files = variables(random, names)
    flags = random.choice([[]] * 8 + [["-only=one"], ["-only=two,three,one"], ["-except=two"], ["-except=manifest"], ["-except=pp,two"]])
    command = ["validate"] if validating else ["build", *random.choice([["-color=false"], ["-color=false", "-machine-readable"], ["-color=false", "-on-error=abort"], ["-color=false", "-parallel-builds=1"], ["-color=false", "-force"]])]
    if validating:
        flags = flags if random.random() < 0.8 else []
    return Template({**files, "t.json": document.write(tree, random)}, [[*command, *flags, *given, "t.json"]])


def skeleton(random: Random, plain: float = 0.3) -> tuple[Object, list[str]]:
    """Variables, and a `null` builder or two. So many of the variables are `plain`: one that does not render ends everything."""
    names = random.sample(NAMES, random.choice([1, 2, 3, 4]))
    if "v0" not in names and random.random() < 0.8:
        names[0] = "v0"
    expressions = Expressions(random, names, ("env `SOME`", "env `BRACES`", "env `EMPTY`", "env `UNSET`"))
    declared = Object()
    for name in names:
        declared.append((name, random.choice(PLAIN) if random.random() < plain else value(random, expressions)))
    tree = Object([("variables", declared)]) if random.random() < 0.93 else Object()
    count = random.choice([1, 1, 2, 3])
    tree.append(("builders", [Object([("type", "null"), ("name", f"b{number}"), ("communicator", "none")]) for number in range(count)]))
    return tree, names


def value(random: Random, expressions: Expressions):
    """A variable's default: mostly something that renders."""
    kind = random.randrange(20)
    if kind < 8:
        return random.choice(PLAIN if random.random() < 0.8 else ["{{", "}}", "2h", "<b>", "a  b", "\U0001F600"])
    if kind < 14:
        return f"{random.choice(['', 'p-'])}{{{{{expressions.user()}}}}}" if random.random() < 0.6 else f"{{{{{random.choice(['env `SOME`', 'env `BRACES`', 'env `UNSET`', 'timestamp | len', '.Late', ' .Late ', 'upper `a`', 'isotime `2006`', 'template_dir | len'])}}}}}"
    if kind < 18:
        return expressions.text(1) if random.random() < 0.5 else "plain"
    return random.choice([None, "x", "x", 5, True, Object(), []]) if random.random() < 0.5 else "y"


def variables(random: Random, names: list[str]) -> tuple[list[str], dict[str, str]]:
    """Flags that give values, and the files that they name."""
    flags, files = ["-var", "n=2"] if "n" in names else [], {"s.sh": "#!/bin/sh\necho script $X\n"}
    for _ in range(random.choice([0, 0, 1, 1, 2])):
        name = random.choice([*names, "new"])
        text = random.choice(["given", "", "a=b", " x ", "é", "1,2", "{{user `v0`}}", "{{env `SOME`}}"] if random.random() < 0.97 else ["{{bogus}}", "{{", "x{{user `new`}}", "{{.Late}}"])
        flags += random.choice([["-var", f"{name}={text}"], ["-var", f"{name}={text}"], [f"-var={name}={text}"], ["-var", name]] if random.random() < 0.04 else [["-var", f"{name}={text}"]])
    for number in range(random.choice([0, 0, 0, 1, 1, 2])):
        file = f"vars{number}.json"
        content = Object([(random.choice([*names, "new"]), random.choice(["from file", "", "{{user `v0`}}", "b", "b"] if random.random() < 0.93 else [None, 5, True, [], "\u00e9"])) for _ in range(random.choice([0, 1, 2]))])
        text = document.write(content, random)
        files[file] = document.spoil(text, random) if random.random() < 0.04 else text
        flags += random.choice([[f"-var-file={file}"], ["-var-file", file]])
    return flags, files


def names_of(tree: Object) -> list[str]:
    return [builder.get("name") for builder in tree.get("builders")]


def chains(random: Random, components: Components) -> list:
    made = []
    for _ in range(random.choice([1, 1, 2])):
        if random.random() < 0.5:
            made.append(components.post_processor())
        else:
            made.append([components.post_processor() for _ in range(random.choice([0, 1, 2, 3]))])
    return made
