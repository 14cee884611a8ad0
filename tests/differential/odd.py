"""What the grammar does not reach: command lines, values that are no templates, lists under overrides, archives of little."""

from random import Random

from document import Object

VALUES = ["{{bogus}}", "{{", "}}", "{{.Names}}", "{{.X | upper}}", "{{timestamp}}", "{{build_name}}", "{{env `X`}}", "{{`x`}}", "{{/* c */}}", "{{user `v0`}}", "plain"]
OVER = [["echo over"], ["echo over", "echo too", "echo three"], "echo over", "echo over,echo too", "", [], None, 5, True, ["echo over", None], Object(), [["echo over"]]]
FLAGS = ["-h", "-help", "--help", "-bogus", "--machine-readable", "-machine-readable", "-color=false", "-color=tRue", "-force=0", "-var", "-var=a=b", "-var==", "-var=a", "-var-file=missing.json", "-only=one", "-only=", "-except=two", "-parallel-builds=1",
         "-parallel-builds=0x2", "-parallel-builds=9223372036854775807", "-parallel-builds=9223372036854775808", "-on-error=abort", "-on-error=never", "-timestamp-ui", "-syntax-only", "-syntax-only=F", "-validate=false", "-config-type=json", "--", "---x", "-=x", "-", "t.json", "missing.json"]


def make(random: Random) -> tuple[dict, list[list[str]], dict[str, str]]:
    """The parts of a template, its commands, and the environment."""
    return random.choice([values, overrides, archives, command_lines, sleeps])(random)


def file_builder(name: str, **more) -> Object:
    return Object([("type", "file"), ("name", name), ("target", f"{name}.txt"), *(more or {"content": "data"}).items()])


def values(random: Random):
    """Every component renders all variables, the names among them, once more."""
    name = random.choice(["v0", "v0", "v0", "{{bogus}}", "{{.X}}"])
    builders = random.sample([file_builder("one"), Object([("type", "null"), ("name", "two"), ("communicator", "none")])], random.choice([1, 2]))
    tree = Object([("variables", Object([(name, "{{env `ODD`}}")])), ("builders", builders)])
    if random.random() < 0.5:
        tree.append(("provisioners", [random.choice([Object([("type", "shell-local"), ("inline", ["true"])]), Object([("type", "sleep"), ("duration", "1ms")])])]))
    if random.random() < 0.5:
        tree.append(("post-processors", ["manifest"]))
    return {"t.json": tree}, [[random.choice(["validate", "build"]), "t.json"]], {"ODD": random.choice(VALUES)}


def overrides(random: Random):
    key = random.choice(["inline", "inline", "environment_vars", "valid_exit_codes"])
    base, over = {"inline": ([["echo a", "echo b"], ["echo a"], []], OVER), "environment_vars": ([["X=1", "Y=1"], "X=1"], [["X=2"], "Y=2", "X=2,Y=2", [], "", None]), "valid_exit_codes": ([[3, 4], [0], 3], [[0], 0, "0", 4, [], None])}[key]
    settings = Object([("type", "shell-local"), ("inline", ["echo [$X$Y]", "exit 4" if random.random() < 0.3 else "true"])])
    settings.set(key, random.choice(base))
    settings.append(("override", Object([("two", Object([(key, random.choice(over))]))])))
    tree = Object([("builders", [Object([("type", "null"), ("name", "two"), ("communicator", "none")])]), ("provisioners", [settings])])
    return {"t.json": tree}, [["build", "-color=false", "t.json"]], {}


def archives(random: Random):
    """So little that no compressor makes it smaller: then the bytes have to be the same."""
    packed = Object([("type", "compress"), ("output", random.choice(["a.xz", "a.lz4", "a.gz", "a.tar", "a.zip", "a.bgzf", "a", "a.tar.foo", "a.ZIP", "{{.BuildName}}.lz4"]))])
    if random.random() < 0.3:
        packed.append(("keep_input_artifact", random.choice([True, False])))
    if random.random() < 0.3:
        packed.append(("format", random.choice(["tar", "zip", "xz", "lz4", "gz", ""])))
    source = file_builder("one", content=random.choice(["data", "x", "é", "a b c"])) if random.random() < 0.7 else file_builder("one", source=random.choice(["source", "missing"]))
    tree = Object([("builders", [source]), ("post-processors", [random.choice([packed, [packed, "manifest"], ["manifest", packed]])])])
    return {"t.json": tree, "source": "text"}, [["build", "-color=false", *random.choice([[], ["-machine-readable"]]), "t.json"]], {}


def command_lines(random: Random):
    tree = Object([("builders", [file_builder("one"), file_builder("two")])])
    words = [random.choice(FLAGS) for _ in range(random.choice([0, 1, 1, 2, 3]))] + ["t.json"] * random.choice([0, 1, 1, 1])
    if random.random() < 0.2:
        words.append(random.choice(["-h", "--", "-machine-readable", "x"]))
    return {"t.json": tree}, [[random.choice(["build", "validate", "inspect", "fix"]), *words]], {}


def sleeps(random: Random):
    duration = random.choice(["1ms", "{{user `v0`}}", "{{bogus}}", "0", 5, "-1s", "", None, "1"])
    tree = Object([("variables", Object([("v0", "1ms")])), ("builders", [Object([("type", "null"), ("name", "two"), ("communicator", "none")])]), ("provisioners", [Object([("type", "sleep"), ("duration", duration)])])])
    return {"t.json": tree}, [["build", "-color=false", "t.json"]], {}
