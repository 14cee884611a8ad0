"""Random texts of Go's template language: what may stand in a string of a template."""

from random import Random

WORDS = ["", "a", "web", "A-b", "x y", "é", "日本", "<&'>", "1", "2.50", "true", "k=v", "a,b,c", "{", "}}", "tab\there", "ß", "\u0130"]
LAYOUTS = ["2006", "Jan", "Mon 2006", "", "MST", "Z07:00", "-0700", "2006-01"]
DIRECTIVES = ["%Y", "%y-%m", "%%", "%Z %z", "%F", "%A %B", "x%", "%q %d", "%D%n"]
VERBS = ["%s", "%q", "%v", "%d", "%5s|", "%-5s|", "%05d", "%x", "%X", "%t", "%f", "%.2f", "%8.3f", "%e", "%g", "%c", "%U", "%#v", "%#q", "%+d", "%+v",
         "%T", "%b", "%o", "%%", "%", "%z", "%[2]s", "%*d", "% d", "%#x", "% x", "%.1s", "%6.2v", "%!", "%G", "%w", "%p", "%+q", "%O", "%-08d", "%+.1e"]
NUMBERS = ["0", "1", "-1", "2", "7", "007", "0x1F", "0b11", "0o17", "1_000", "1e3", "1.5", "-0.25", ".5", "1e100", "0x1p4", "123456789"]
ODD_NUMBERS = ["1i", "99999999999999999999", "08", "0x", "1e", "1e400", "0xg", "9223372036854775808", "-9223372036854775808"]
LITERALS = ["true", "false", "true", "false", "'a'", "'é'", r"'\n'"]
ODD_LITERALS = ["nil", "'ab'", "''", "'", r"'\q'"]
PIPES = ["upper", "lower", "len", "html", "js", "urlquery", "print", "println", "printf `%s-%v` `p`", "printf `%v`", "printf `%q`", "not", "replace `a` `b` -1", "replace_all `x` ``", "or", "and", "eq `a`"]
ODD_PIPES = ["user", "index", "bogus", "1", "`s`", "split `a`", "", "upper `a`", ".x", "(upper)", "$"]
COMPARE = ["eq", "ne", "lt", "le", "gt", "ge"]


class Expressions:
    """Texts that may use these variables. `calls` says which functions a section has beside the common ones."""

    def __init__(self, random: Random, names: list[str], calls: tuple[str, ...] = ()):
        self.random = random
        self.names = names or ["undeclared"]
        self.calls = calls

    def text(self, depth: int = 2) -> str:
        """A whole string: plain text and actions."""
        parts = []
        for _ in range(self.random.choice([1, 1, 1, 2, 2, 3])):
            parts.append(self.random.choice([self.plain, self.action, self.action, self.action, self.control])(depth))
        return "".join(parts)

    def plain(self, _depth: int = 0) -> str:
        return self.random.choice(WORDS + [" ", "-", "/", "$x", "${a}", "%s", "\n", "{ {", "{{`{{`}}", "~", "\\"])

    def action(self, depth: int) -> str:
        opened, closed = self.delimiters()
        return f"{opened}{self.pipeline(depth)}{closed}"

    def delimiters(self) -> tuple[str, str]:
        return self.random.choice([("{{", "}}")] * 5 + [("{{ ", " }}")] * 4 + [("{{- ", "}}"), ("{{", " -}}"), ("{{- ", " -}}"), ("{{-", "}}"), ("{{", "-}}"), ("{{\n", "\n}}")])

    def pipeline(self, depth: int) -> str:
        r = self.random
        command = self.command(depth)
        for _ in range(r.choice([0, 0, 0, 1, 1, 2])):
            command += r.choice([" | ", "|", " |"]) + r.choice(PIPES if r.random() < 0.9 else ODD_PIPES)
        return command

    def command(self, depth: int) -> str:
        r = self.random
        simple = [self.user, self.user, self.user, self.case, self.string, self.number, self.literal, self.field]
        nested = [self.printf, self.prints, self.comparison, self.logic, self.sized, self.split, self.replace, self.time, self.escaped, self.place, self.nested]
        if r.random() < 0.03:
            return self.wrong(depth)
        choice = r.choice(simple if depth <= 0 else simple + nested * 2)
        return choice(depth)

    def quoted(self, text: str) -> str:
        """A Go string: raw, or interpreted as it then stands in JSON with its own escapes."""
        if "`" not in text and self.random.random() < 0.75:
            return f"`{text}`"
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", self.random.choice(["\\t", "\\x09", "\\u0009", "\\011"]))
        return f'"{escaped}"'

    def string(self, _depth: int = 0) -> str:
        return self.quoted(self.random.choice(WORDS))

    def number(self, _depth: int = 0) -> str:
        return self.random.choice(NUMBERS if self.random.random() < 0.97 else ODD_NUMBERS)

    def literal(self, _depth: int = 0) -> str:
        return self.random.choice(LITERALS if self.random.random() < 0.93 else ODD_LITERALS)

    def field(self, _depth: int = 0) -> str:
        return self.random.choice([".", ".Name", ".a.b", "$", "$.x", ".Vars", ".ID"] if self.random.random() < 0.95 else ["$undefined", "..", ".9", "$x.y"])

    def user(self, _depth: int = 0) -> str:
        r = self.random
        name = r.choice(self.names) if r.random() < 0.93 else r.choice(["undeclared", "", "A", "build_name"])
        return f"user {self.quoted(name)}"

    def argument(self, depth: int) -> str:
        r = self.random
        if depth > 0 and r.random() < 0.5:
            return f"({self.pipeline(depth - 1)})"
        return r.choice([self.string, self.string, self.string, self.number, self.number, self.literal, self.field])(0)

    def case(self, depth: int) -> str:
        return f"{self.random.choice(['upper', 'lower'])} {self.argument(depth)}"

    def printf(self, depth: int) -> str:
        verbs = "".join(self.random.choice(VERBS) for _ in range(self.random.choice([1, 1, 2, 3])))
        arguments = " ".join(self.argument(depth - 1) for _ in range(self.random.choice([0, 1, 1, 2, 3])))
        return f"printf {self.quoted(verbs)} {arguments}"

    def prints(self, depth: int) -> str:
        arguments = " ".join(self.argument(depth - 1) for _ in range(self.random.choice([0, 1, 2, 3])))
        return f"{self.random.choice(['print', 'println'])} {arguments}"

    def comparison(self, depth: int) -> str:
        count = self.random.choice([2, 2, 2, 3, 1])
        return f"{self.random.choice(COMPARE)} " + " ".join(self.argument(depth - 1) for _ in range(count))

    def logic(self, depth: int) -> str:
        count = self.random.choice([1, 2, 2, 3])
        return f"{self.random.choice(['and', 'or', 'not'])} " + " ".join(self.argument(depth - 1) for _ in range(count))

    def sized(self, depth: int) -> str:
        r = self.random
        return r.choice([f"len {self.argument(depth - 1)}", f"index {self.argument(depth - 1)} {r.choice(NUMBERS)}", f"slice {self.argument(depth - 1)} {r.choice(['', '1', '0 1', '1 2', '2 1', '0 1 1'])}"])

    def split(self, depth: int) -> str:
        return f"split {self.argument(depth - 1)} {self.quoted(self.random.choice([',', '', 'b', ' ']))} {self.random.choice(['0', '0', '1', '2', '9', '-1', '`1`'])}"

    def replace(self, depth: int) -> str:
        r = self.random
        old, new = self.quoted(r.choice(["a", "", "b", "xy"])), self.quoted(r.choice(["", "Z", "a"]))
        return r.choice([f"replace {old} {new} {r.choice(['-1', '0', '1', '2'])} {self.argument(depth - 1)}", f"replace_all {old} {new} {self.argument(depth - 1)}"])

    def time(self, _depth: int) -> str:
        r = self.random
        return r.choice(["timestamp | len", "isotime | len", f"isotime {self.quoted(r.choice(LAYOUTS))}", f"strftime {self.quoted(r.choice(DIRECTIVES))}", "uuid | len", "isotime `a` `b`", "strftime", "timestamp 1"])

    def escaped(self, depth: int) -> str:
        return f"{self.random.choice(['html', 'js', 'urlquery'])} {self.argument(depth - 1)}"

    def place(self, _depth: int) -> str:
        return self.random.choice(["template_dir", "pwd", "build_name", "build_type", "packer_version | printf `%.2s`", *self.calls])

    def nested(self, depth: int) -> str:
        return f"({self.pipeline(depth - 1)})"

    def wrong(self, depth: int) -> str:
        return self.random.choice(["bogus", "upper", "upper `a` `b`", "user", "user 1", "split `a`", "sed `a` `b`", "clean_ami_name `a`", "call upper `a`", "lower nil", "`unclosed", '"unclosed', "(upper `a`",
                                   "upper `a`)", "", "|", "a b", "user`a`", "1 2", "'x", "env `HOME` | len", "build `ID`", "$x := 1", "else", "end", "break", "/* c */", "upper .", "index (user `a`) `k`",
                                   self.quoted("\\q") if depth else '"\\q"', "true false", "not", "{", "consul_key `a`", "vault `a` `b`", ".x y", "len 3", "eq 1 1.0", "lt `a` 1", "eq nil nil", "print nil"])

    def control(self, depth: int) -> str:
        r = self.random
        inner = self.text(depth - 1) if depth > 0 else self.plain()
        other = self.text(depth - 1) if depth > 1 else self.plain()
        condition = self.pipeline(max(depth - 1, 0))
        return r.choice([
            f"{{{{if {condition}}}}}{inner}{{{{end}}}}",
            f"{{{{if {condition}}}}}{inner}{{{{else}}}}{other}{{{{end}}}}",
            f"{{{{if {condition}}}}}{inner}{{{{else if {self.command(0)}}}}}{other}{{{{else}}}}z{{{{end}}}}",
            f"{{{{with {condition}}}}}{inner}[{{{{.}}}}]{{{{else}}}}{other}{{{{end}}}}",
            f"{{{{with $v := {condition}}}}}{{{{$v}}}}{{{{end}}}}",
            f"{{{{range {condition}}}}}{inner}{{{{else}}}}none{{{{end}}}}",
            f"{{{{$x := {condition}}}}}{{{{$x}}}}{{{{$x = `n`}}}}{{{{$x | upper}}}}",
            f"{{{{define `t`}}}}<{{{{.}}}}>{{{{end}}}}{{{{template `t` {self.argument(0)}}}}}",
            f"{{{{define `t`}}}}{inner}{{{{end}}}}{{{{template `t`}}}}{{{{template `{r.choice('tu')}`}}}}",
            f"{{{{block `b` {self.argument(0)}}}}}{{{{.}}}}{inner}{{{{end}}}}",
            f"{{{{/* {r.choice(WORDS)} */}}}}{inner}",
            f"{{{{- /* c */ -}}}} {inner}",
            f"{{{{if {condition}}}}}{inner}",
            f"{inner}{{{{end}}}}",
            f"{{{{range $i, $e := {condition}}}}}{{{{$i}}}}={{{{$e}}}};{{{{end}}}}",
            f"a  {{{{- {self.command(0)} -}}}}  b",
        ])
