"""Writes the fuzzer's seeds and its dictionary from what the project has.

    seeds.py templates DIRECTORY      the JSON templates of examples and tests
    seeds.py expressions DIRECTORY    the texts in braces of the template engine's tests
    seeds.py dictionary FILE          the keys of docs/template-support.md, the functions, the types
"""

import hashlib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What libFuzzer can still mutate well.
LONGEST_SEED = 8192
FUNCTIONS = """user env consul_key vault aws_secretsmanager aws_secretsmanager_raw timestamp isotime strftime uuid build_name
build_type build template_dir pwd packer_version upper lower split replace replace_all clean_resource_name sed and or not eq ne
lt le gt ge len index slice print printf println html js urlquery call if else end range with define template block break continue
nil true false""".split()
SIGNS = ["{{", "}}", "{{-", "-}}", "{{/*", "*/}}", "`", "$x :=", "$x", ":=", " | ", "(", ")", ".Field", "%[1]*d", "%-08.3f", "0x1p-2", "'a'"]


def templates():
    for folder in ("examples", "tests", "benches", "demo"):
        for path in sorted((ROOT / folder).rglob("*.json")):
            if path.stat().st_size <= LONGEST_SEED:
                yield path.read_bytes()
    for path in sorted((ROOT / "src").rglob("*.rs")):
        for raw in re.findall(r'r#"(\s*[\[{].*?)"#', path.read_text(), re.DOTALL):
            yield raw.encode()


def expressions():
    for path in sorted((ROOT / "src/template").rglob("*.rs")):
        for text in re.findall(r'"((?:[^"\\\n]|\\.)*\{\{(?:[^"\\\n]|\\.)*)"', path.read_text()):
            # Those that test the bound on work would be all that the fuzzer does.
            if re.search(r"\d{5}", text):
                continue
            yield text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\").encode()


def dictionary():
    support = (ROOT / "docs/template-support.md").read_text()
    keys = sorted(set(re.findall(r"`([a-z][a-z0-9_-]{2,60})`", support)))
    words = [f'"{key}":' for key in keys] + [f'"{key}"' for key in keys] + FUNCTIONS + SIGNS
    return "\n".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words) + "\n"


def main():
    kind, target = sys.argv[1], pathlib.Path(sys.argv[2])
    if kind == "dictionary":
        target.write_text(dictionary())
        return
    for seed in {"templates": templates, "expressions": expressions}[kind]():
        (target / hashlib.sha1(seed).hexdigest()).write_bytes(seed)


if __name__ == "__main__":
    main()
