"""Builders, provisioners and post-processors with keys of every type."""

from random import Random

from document import Object
from expressions import Expressions

BOOLS = [True, False, 1, 0, 2, "true", "false", "T", "F", "1", "0", "", "yes", "on", 1.5, None, "TRUE", "tRue", [], Object()]
INTEGERS = [1, 22, 0, -1, 1.9, "5", "0x10", "010", "0b1", "", "1_0", "x", True, None, "1.5", [], 65536, "99999999999999999999", 1e3, " 1"]
DURATIONS = ["1s", "5m", "1h30m", "300ms", "1.5h", "0", "5", "", "-1s", "1d", "x", 0, 1000, 1.5, True, None, "1µs", "1us", "1ns", "2562048h", "1h 1m", ".5s", "+1s", "1e3s", []]
LISTS = [["a"], ["a", "b"], "a", "a,b", "a, b", "", [], [1, True], 5, True, None, Object(), Object([("a", "b")]), ["a", None], [["a"]], [1.5, 1000000]]
TEXTS = ["x", "", 5, 1.5, 1000000, 1e21, True, False, None, [], ["a"], Object(), Object([("a", "b")]), "a b"]
MAPS = [Object([("a", "b")]), Object([("a", 1), ("b", True), ("c", None), ("d", 1.5)]), Object(), [], [Object([("a", "1")]), Object([("b", "2"), ("a", "3")])], "x", 1, None, Object([("a", ["x"])]), Object([("a", Object())])]

# Keys that are the same in 1.6.6 and 1.16.
NULL = {"ssh_port": INTEGERS, "ssh_timeout": DURATIONS, "ssh_pty": BOOLS, "ssh_handshake_attempts": INTEGERS, "ssh_clear_authorized_keys": BOOLS, "ssh_agent_auth": BOOLS, "pause_before_connecting": DURATIONS,
        "ssh_keep_alive_interval": DURATIONS, "ssh_read_write_timeout": DURATIONS, "ssh_disable_agent_forwarding": BOOLS, "ssh_ciphers": LISTS, "ssh_remote_tunnels": [[], ["8080:localhost:80"], "x", ""],
        "ssh_file_transfer_method": ["scp", "sftp", "ftp", "", 1], "ssh_bastion_host": ["", "b"], "ssh_bastion_port": INTEGERS, "ssh_bastion_username": TEXTS, "ssh_bastion_password": TEXTS, "ssh_proxy_host": TEXTS,
        "ssh_proxy_port": INTEGERS, "ssh_password": ["p", "", 5], "ssh_private_key_file": ["", "missing.pem"], "ssh_host": ["h", "", 5], "ssh_username": ["u", "", 5], "winrm_port": INTEGERS, "winrm_use_ssl": BOOLS, "winrm_timeout": DURATIONS,
        "winrm_username": TEXTS}
SHELL = {"environment_vars": [["A=1"], ["A"], ["=1"], "A=1,B=2", "", [], ["A=b=c", "B='x'"], [1], Object([("A", "1")])], "execute_command": ["{{.Path}}", "{{.Vars}} sh {{.Path}}", "{{", "{{bogus}}", ["a"], 5], "valid_exit_codes": [[0], [0, 3], 3, "3", "0,3", [], "x", ["1"]],
         "start_retry_timeout": DURATIONS, "pause_after": DURATIONS, "binary": BOOLS, "skip_clean": BOOLS, "expect_disconnect": BOOLS, "use_env_var_file": BOOLS, "remote_folder": TEXTS, "remote_file": TEXTS, "inline_shebang": TEXTS, "env_var_format": ["%s=%s;", ""]}
AMAZON = {"ebs_optimized": BOOLS, "associate_public_ip_address": BOOLS, "ami_users": LISTS, "ami_groups": LISTS, "tags": MAPS, "run_tags": MAPS, "encrypt_boot": BOOLS, "ena_support": BOOLS, "sriov_support": BOOLS, "security_group_ids": LISTS,
          "ami_regions": [[], "us-west-2", ["us-west-2", "us-west-2"], "us-west-2,eu-west-1"], "ami_description": TEXTS, "disable_stop_instance": BOOLS, "force_deregister": BOOLS, "force_delete_snapshot": BOOLS, "windows_password_timeout": DURATIONS,
          "user_data": TEXTS, "user_data_file": ["", "missing"], "ami_virtualization_type": ["", "hvm", "paravirtual"], "temporary_key_pair_name": ["", "k"], "shutdown_behavior": ["", "stop", "terminate", "x"], "subnet_id": TEXTS, "vpc_id": TEXTS,
          "launch_block_device_mappings": [[], [Object([("device_name", "/dev/xvda"), ("volume_size", "8"), ("delete_on_termination", "true")])], Object([("device_name", "/dev/sdb")]), [Object([("volume_size", 8)])], "x", [Object([("bogus", 1)])]],
          "source_ami_filter": [Object([("filters", Object([("name", "x*")])), ("owners", ["amazon"]), ("most_recent", "true")]), Object([("owners", "self")]), Object(), [], "x"], "snapshot_users": LISTS, "skip_region_validation": BOOLS}


class Components:
    def __init__(self, random: Random, expressions: Expressions, builders: list[str]):
        self.random = random
        self.expressions = expressions
        self.builders = builders

    def extra(self, keys: dict, most: int) -> list:
        r = self.random
        chosen = r.sample(sorted(keys), min(len(keys), r.randrange(most + 1)))
        return [(key, self.expressions.text(1) if r.random() < 0.08 else r.choice(keys[key])) for key in chosen]

    def text(self) -> str:
        return self.expressions.text(1) if self.random.random() < 0.5 else self.random.choice(["x", "data", "é"])

    def file_builder(self, name: str) -> Object:
        return Object([("type", "file"), ("name", name), ("target", f"{name}.txt"), ("content", self.expressions.text())])

    def quick_builder(self, name: str) -> Object:
        """One that a build runs to its end at once."""
        if self.random.random() < 0.4:
            return Object([("type", "null"), ("name", name), ("communicator", "none")])
        return Object([("type", "file"), ("name", name), ("target", f"{name}.txt"), ("content", self.text())])

    def null_builder(self, name: str) -> Object:
        r = self.random
        builder = Object([("type", "null"), ("name", name)])
        if r.random() < 0.5:
            return Object([*builder, ("communicator", r.choice(["none", "none", "none", "ssh", "winrm", "x", ""]))])
        builder += [("ssh_host", "h"), ("ssh_username", "u"), ("ssh_password", "p")]
        for key, value in self.extra(NULL, 4):
            builder.set(key, value)
        return builder

    def amazon_builder(self, name: str) -> Object:
        builder = Object([("type", "amazon-ebs"), ("name", name), ("region", "us-east-1"), ("access_key", "a"), ("secret_key", "s"), ("source_ami", "ami-0123456789abcdef0"), ("instance_type", "t3.micro"),
                          ("ssh_username", "u"), ("ami_name", self.random.choice(["web-base", "ab", "web {{timestamp}}", "web {{isotime}}", "{{user `v0`}}-base", "{{clean_resource_name `a b/é`}}"]))])
        for key, value in self.extra(AMAZON, 4):
            builder.set(key, value)
        return builder

    def shell_local(self) -> Object:
        r = self.random
        it = Object([("type", "shell-local")])
        lines = ["echo one", "echo \"$X\"", "echo {{user `v0`}}", "echo {{build_name}} {{build_type}}", "printf '%s' \"$PACKER_BUILD_NAME\"", "true", "echo err >&2", "exit 3", "echo {{upper `x`}}", "echo {{build `ID`}}", "echo $PACKER_BUILDER_TYPE"]
        kind = r.randrange(10)
        if kind < 6:
            it.append(("inline", r.choice([[r.choice(lines) for _ in range(r.choice([1, 1, 2, 3]))], r.choice(lines)])))
        elif kind < 8:
            it.append(("command", r.choice(lines)))
        elif kind == 8:
            it.append(("script", r.choice(["s.sh", "missing.sh", "s.sh", "{{template_dir}}/s.sh"])))
        else:
            it.append(("scripts", r.choice([["s.sh"], "s.sh", [], ["s.sh", "missing.sh"]])))
        keys = {"environment_vars": [["X=1"], ["X"], ["=1"], "X=1", ["X=it's"], ["X={{user `v0`}}"], []], "valid_exit_codes": SHELL["valid_exit_codes"], "execute_command": [["sh", "-c", "{{.Vars}} {{.Script}}"], ["{{.Script}}"], [], "{{bogus}}"],
                "inline_shebang": ["/bin/sh", "/bin/sh -x", ""], "tempfile_extension": [".sh", "", 5], "env_var_format": ["export %s=%s;", "%s=%s "], "only_on": [["linux"], ["windows"], "linux", ["bogus"], []], "use_linux_pathing": BOOLS, "script": ["s.sh"], "command": ["true"]}
        return Object([*it, *self.extra(keys, 2)])

    def provisioner(self, validating: bool) -> Object:
        r = self.random
        kinds = [self.shell_local, self.shell_local, self.shell_local, self.breakpoint]
        if validating:
            kinds += [self.shell, self.shell, self.file, self.powershell, self.windows_shell, self.windows_restart, self.sleep]
        it = r.choice(kinds)()
        if r.random() < 0.45:
            it += self.meta(validating)
        return it

    def meta(self, validating: bool) -> list:
        r = self.random
        names = self.builders + ["nobody"] if r.random() < 0.15 else self.builders
        quick = DURATIONS if validating else ["1ms", "0", "", 5, "x", True, None, "5"]
        keys = {"only": [[r.choice(names)], r.choice(names), [], None], "except": [[r.choice(names)], r.choice(names), []], "pause_before": quick, "timeout": ["30s", "0", "", "x", False, 5000000000] if not validating else DURATIONS,
                "max_retries": [0, 1, "1", "2", -1, "x", 1.5, "{{user `n`}}", True, None, ""],
                "override": [Object([(r.choice(names), r.choice([Object([("inline", ["echo over"])]), Object([("environment_vars", ["X=2"])]), Object(), Object([("bogus", 1)]), "x", [], None]))]), Object(), "x"]}
        return self.extra(keys, 2)

    def shell(self) -> Object:
        return Object([("type", "shell"), ("inline", self.random.choice([["echo a"], "echo a", [], ["{{user `v0`}}", "{{bogus}}"]])), *self.extra(SHELL, 3)])

    def file(self) -> Object:
        r = self.random
        return Object([("type", "file"), ("source", r.choice(["s.sh", "missing", "", self.text()])), ("destination", r.choice(["/tmp/x", "", self.text()])), *self.extra({"direction": ["upload", "download", "x", "", 1], "generated": BOOLS, "sources": LISTS}, 2)])

    def breakpoint(self) -> Object:
        return Object([("type", "breakpoint"), ("disable", self.random.choice([True, "true", 1])), ("note", self.random.choice(["n", self.text(), 5, ""]))])

    def powershell(self) -> Object:
        return Object([("type", "powershell"), ("inline", ["dir"]), *self.extra({"elevated_user": TEXTS, "elevated_password": TEXTS, "execution_policy": ["bypass", "x", "none", "RemoteSigned", 5], "debug_mode": INTEGERS, "environment_vars": SHELL["environment_vars"],
                                                                                  "valid_exit_codes": SHELL["valid_exit_codes"], "skip_clean": BOOLS, "start_retry_timeout": DURATIONS, "use_pwsh": BOOLS, "script": ["s.sh"]}, 3)])

    def windows_shell(self) -> Object:
        return Object([("type", "windows-shell"), ("inline", self.random.choice([["dir"], []])), *self.extra({"environment_vars": SHELL["environment_vars"], "remote_path": TEXTS, "execute_command": SHELL["execute_command"], "start_retry_timeout": DURATIONS, "binary": BOOLS}, 2)])

    def windows_restart(self) -> Object:
        return Object([("type", "windows-restart"), *self.extra({"restart_command": TEXTS, "restart_timeout": DURATIONS, "restart_check_command": TEXTS, "check_registry": BOOLS, "registry_keys": LISTS}, 3)])

    def sleep(self) -> Object:
        return Object([("type", "sleep"), *self.extra({"duration": DURATIONS}, 1)])

    def post_processor(self) -> Object | str:
        r = self.random
        it = r.choice([self.manifest, self.manifest, self.checksum, self.compress, self.artifice, self.shell_local, lambda: Object([("type", "manifest")])])()
        names = self.builders + ["nobody"] if r.random() < 0.1 else self.builders
        if r.random() < 0.5:
            it += self.extra({"keep_input_artifact": [True, False, True, False, True, False, "true", 1, None], "only": [[r.choice(names)], [r.choice(names)], [r.choice(names)], r.choice(names), [], None], "except": [[r.choice(names)], []], "name": ["pp", "pp", "", "{{user `v0`}}", 5]}, 2)
        return "manifest" if r.random() < 0.05 else it

    def manifest(self) -> Object:
        return Object([("type", "manifest"), *self.extra({"output": ["m.json", "{{user `v0`}}.json", "", "no/dir/m.json", "m-{{build_name}}.json", 5], "strip_path": BOOLS, "strip_time": BOOLS, "custom_data": [*MAPS, Object([("k", "{{user `v0`}}"), ("<", "{{build `ID`}}&")])]}, 2)])

    def checksum(self) -> Object:
        return Object([("type", "checksum"), *self.extra({"checksum_types": [["md5"], ["sha1", "sha256"], "sha512,md5", "bogus", [], "", ["md5", "md5"]], "output": ["c.sum", "{{.BuildName}}-{{.ChecksumType}}.sum", "d/{{.BuilderType}}", "{{", "{{bogus}}", "{{build_name}}.c"]}, 2)])

    def compress(self) -> Object:
        # A plain tar: the other formats are compared in their own tests, since compressors differ.
        output = self.random.choice(["a-{{.BuildName}}.tar", "{{build_name}}.tar", "{{bogus}}", "b-{{.BuildName}}.tar"])
        return Object([("type", "compress"), ("output", output), *self.extra({"format": ["tar", "zip", "x"], "compression_level": [1, 9, "6", "x", 5]}, 2)])

    def artifice(self) -> Object:
        return Object([("type", "artifice"), ("files", self.random.choice([["*.txt"], ["one.txt", "s.*"], "s.sh", [], ["none*"], "a,b", ["["]]))])
