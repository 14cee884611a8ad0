"""JSON with what other writers forbid: duplicate keys, numbers as written, odd escapes, stray text."""

from dataclasses import dataclass
from random import Random


@dataclass
class Raw:
    """Text that stands in the document as it is, such as `1e400`."""

    text: str


class Object(list):
    """An object as a list of (key, value), so that keys may come twice."""

    def get(self, key):
        return next((value for name, value in self if name == key), None)

    def set(self, key, value):
        for index, (name, _) in enumerate(self):
            if name == key:
                self[index] = (key, value)
                return
        self.append((key, value))

    def drop(self, key):
        self[:] = [(name, value) for name, value in self if name != key]


def write(value, random: Random, indent: int = 0) -> str:
    """A value as text; the layout is at random too."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, str):
        return string(value, random)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return repr(value)
    pad, end = ("\n" + " " * (indent + 2), "\n" + " " * indent) if random.random() < 0.6 else ("", "")
    colon = random.choice([": ", ":", " : "])
    if isinstance(value, Object):
        parts = [f"{string(key, random)}{colon}{write(item, random, indent + 2)}" for key, item in value]
        return "{" + pad + ("," + pad).join(parts) + end + "}" if parts else "{}"
    parts = [write(item, random, indent + 2) for item in value]
    return "[" + pad + ("," + pad).join(parts) + end + "]" if parts else "[]"


def string(text: str, random: Random) -> str:
    out = []
    for char in text:
        code = ord(char)
        if char in '"\\':
            out.append("\\" + char)
        elif char in "\n\t\r":
            out.append({"\n": "\\n", "\t": "\\t", "\r": "\\r"}[char])
        elif code < 32:
            out.append(f"\\u{code:04x}")
        elif code > 0xFFFF and random.random() < 0.5:
            code -= 0x10000
            out.append(f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}")
        elif 0xD800 <= code < 0xE000 or random.random() < (0.3 if code > 126 else 0.003):
            out.append(f"\\u{code:04X}")
        elif char == "/" and random.random() < 0.1:
            out.append("\\/")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def spoil(text: str, random: Random) -> str:
    """Breaks the document as a whole."""
    place = random.randrange(len(text) + 1)
    kind = random.randrange(10)
    if kind == 0:
        return "\ufeff" + text
    if kind == 1:
        return text + random.choice([" x", "}", "{}", "// end", "\n\n#", " \n ", "null"])
    if kind == 2:
        return text[:place]
    if kind == 3:
        return text.replace(",", ",,", 1) if random.random() < 0.5 else text.replace("]", ",]", 1)
    if kind == 4:
        return text[:place] + random.choice(["// c\n", "/* c */", "\x01", "\\", "'", '"', "\t", "\n", "é", "\u00a0"]) + text[place:]
    if kind == 5:
        return text[:place] + text[place + 1:]
    if kind == 6:
        return text.replace('"', "'", 2)
    if kind == 7:
        return random.choice(["", " ", "null", "[]", '"x"', "1", "true", "{", "{}", "[{}]", "nul", "{]", "-", "01", "1.", "\n\n", '{"a"}', '{"a":}', "{,}", '{a:1}', "tru", '"\\x"', '"\\u12"', "2e"])
    if kind == 8:
        return text.replace("\n", "\r\n")
    return text.replace(":", random.choice(["", "=", "::"]), 1)
