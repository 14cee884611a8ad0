"""Mistakes as people make them: a key too many, a type that does not fit, another case, a name that is not there."""

from random import Random

from document import Object, Raw

VALUES = ["", "x", "1", "0", "-3", "true", "false", "yes", "T", "5s", "1m30s", "5", "0x10", "010", "0b1", "1_0", "1.5", "a,b", " 1", "é", 0, 1, -1, 2, 300, 1.5, 2.50, 1e3, 1000000, 123456789012, True, False, None,
          [], ["a"], ["a", "b"], [1, True, None], [[]], Object(), Object([("a", 1)]), Object([("a", "x"), ("b", Object())]), [Object([("a", "1")])], Raw("1e400"), Raw("12345678901234567890"), Raw("1e21"), Raw("-0"),
          Raw("0.1e-7"), Raw("1E5"), Raw("1.0"), Raw("100000000000000000000000"), "{{user `v0`}}", "{{bogus}}", "{{", "\ud800", "\U0001F600", "\u0000"]
KEYS = ["bogus", "Name", "nme", "_comment", "only", "override", "packer_x", "", "é", "content ", "ssh_hots", "inlin", "keep_input_artifact", "variables", "{{user `v0`}}", "max_retry", "ssh_key_path", "filename"]


def mutate(tree: Object, random: Random) -> None:
    """One mistake somewhere in the tree."""
    objects = [found for found in walk(tree) if found]
    target = random.choice(objects) if objects else tree
    kind = random.randrange(10)
    if kind <= 2:
        target.append((random.choice(KEYS), random.choice(VALUES)))
    elif not target:
        tree.append((random.choice(KEYS), random.choice(VALUES)))
    else:
        index = random.randrange(len(target))
        key, value = target[index]
        if kind <= 5:
            target[index] = (key, random.choice(VALUES))
        elif kind == 6:
            target.insert(random.randrange(len(target) + 1), (key, value if random.random() < 0.5 else random.choice(VALUES)))
        elif kind == 7:
            target[index] = (random.choice([key.upper(), key.capitalize(), key.replace("_", "-"), key + "s", key[:-1]]), value)
        elif kind == 8:
            del target[index]
        else:
            target[index] = (key, [value])


def walk(value):
    if isinstance(value, Object):
        yield value
        for _, item in value:
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)
