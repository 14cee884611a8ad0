//! Shell commands that do what a provisioner does that we do not run: what `build` says when it refuses one.

use crate::template::document::Node;
use crate::template::weak;

/// The commands for this provisioner with these rendered settings, as the end of a sentence.
pub(super) fn instead(kind: &str, node: &Node) -> String {
    let settings = Settings(node);
    match kind {
        "chef-client" => chef_client(&settings),
        "puppet-server" => puppet_server(&settings),
        "inspec" => inspec(&settings),
        "converge" => converge(&settings),
        "dsc" => dsc(&settings),
        "windows-update" => powershell(
            "`Install-Module PSWindowsUpdate -Force; Install-WindowsUpdate -AcceptAll -IgnoreReboot`, then `windows-restart`",
        ),
        "cnspec" | "mondoo" => shell("`cnspec scan local` after installing cnspec"),
        "ansible-navigator" => {
            "the provisioner `ansible` runs the same playbooks by `ansible-playbook`".to_owned()
        }
        _ => "a provisioner `shell`, `powershell` or `shell-local` can run the tool's own command"
            .to_owned(),
    }
}

/// A component's settings as texts.
struct Settings<'a>(&'a Node);

impl Settings<'_> {
    fn text(&self, key: &str) -> Option<String> {
        let mut members = self.0.members().iter();
        let found = members.rfind(|member| member.key.eq_ignore_ascii_case(key))?;
        let text = weak::text(&found.value, key).ok().flatten();
        text.filter(|text| !text.is_empty())
    }

    fn or(&self, key: &str, default: &str) -> String {
        self.text(key).unwrap_or_else(|| default.to_owned())
    }

    fn is_on(&self, key: &str) -> bool {
        self.text(key)
            .is_some_and(|text| weak::parse_bool(&text) == Some(true))
    }

    /// `sudo` unless the key forbids it.
    fn sudo(&self, key: &str) -> &'static str {
        if self.is_on(key) { "" } else { "sudo " }
    }

    /// The list's texts with a blank before each.
    fn arguments(&self, key: &str) -> String {
        let members = self.0.members().iter();
        let found = members.filter(|member| member.key.eq_ignore_ascii_case(key));
        let items = found.filter_map(|member| match &member.value.value {
            crate::template::document::Json::Array(items) => Some(items),
            _ => None,
        });
        let texts = items.flatten().filter_map(Node::as_str);
        texts.map(|text| format!(" {text}")).collect()
    }

    /// ` NAME'VALUE'` where the key is set.
    fn option(&self, key: &str, name: &str) -> String {
        let value = self.text(key);
        value.map_or_else(String::new, |value| format!(" {name}'{value}'"))
    }
}

fn shell(commands: &str) -> String {
    format!("a provisioner `shell` does the same with {commands}")
}

fn powershell(commands: &str) -> String {
    format!("a provisioner `powershell` does the same with {commands}")
}

fn chef_client(settings: &Settings<'_>) -> String {
    let sudo = settings.sudo("prevent_sudo");
    let folder = settings.or("staging_directory", "/tmp/packer-chef-client");
    let version = settings.text("version");
    let version = version.map_or_else(String::new, |version| format!(" -v {version}"));
    let install = settings.text("install_command").unwrap_or_else(|| {
        format!("curl -L https://omnitruck.chef.io/install.sh | {sudo}bash -s --{version}")
    });
    let install = if settings.is_on("skip_install") {
        String::new()
    } else {
        format!("`{install}`, then ")
    };
    let run = settings
        .or(
            "execute_command",
            "{{if .Sudo}}sudo {{end}}chef-client --no-color -c {{.ConfigPath}} -j {{.JsonPath}}",
        )
        .replace("{{if .Sudo}}sudo {{end}}", sudo)
        .replace("{{.ConfigPath}}", &format!("{folder}/client.rb"))
        .replace("{{.JsonPath}}", &format!("{folder}/first-boot.json"));
    let server = settings.or("server_url", "");
    shell(&format!(
        "{install}`{run}`; `file` uploads the two files before (client.rb: `chef_server_url \"{server}\"`, first-boot.json: `json` and `run_list`), and `shell-local` removes the node with `knife node delete`"
    ))
}

fn puppet_server(settings: &Settings<'_>) -> String {
    let sudo = match settings.sudo("prevent_sudo") {
        "" => "",
        _ => "sudo -E ",
    };
    let folder = settings.text("puppet_bin_dir");
    let folder = folder.map_or_else(String::new, |folder| format!("{folder}/"));
    let staging = settings.or("staging_dir", "/tmp/packer-puppet-server");
    let staged = |key, option: &str, name: &str| match settings.text(key) {
        Some(_) => format!(" {option}='{staging}/{name}'"),
        None => String::new(),
    };
    shell(&format!(
        "`{sudo}{folder}puppet agent --onetime --no-daemonize --detailed-exitcodes{}{}{}{}{}` and `\"valid_exit_codes\": [0, 2]`",
        settings.option("puppet_server", "--server="),
        settings.option("puppet_node", "--certname="),
        staged("client_cert_path", "--certdir", "certs"),
        staged("client_private_key_path", "--privatekeydir", "private_keys"),
        settings.arguments("extra_arguments"),
    ))
}

fn inspec(settings: &Settings<'_>) -> String {
    let profile = settings.or("profile", "PROFILE");
    let name = profile.trim_end_matches('/').rsplit('/').next();
    let extra = settings.arguments("extra_arguments");
    shell(&format!(
        "`curl -L https://omnitruck.chef.io/install.sh | sudo bash -s -- -P inspec`, then `sudo inspec exec /tmp/{}{extra}`; `file` uploads `{profile}` to /tmp before",
        name.unwrap_or_default()
    ))
}

fn converge(settings: &Settings<'_>) -> String {
    let version = settings.text("version");
    let version = version.map_or_else(String::new, |version| format!(" -s -- -v {version}"));
    let bootstrap = if settings.is_on("bootstrap") {
        let sudo = settings.sudo("prevent_bootstrap_sudo");
        format!("`curl -s https://get.converge.sh | {sudo}sh{version}`, then ")
    } else {
        String::new()
    };
    shell(&format!(
        "{bootstrap}`cd {} && {}converge apply --local --log-level=WARNING {}`; `file` uploads the modules before",
        settings.or("working_directory", "/tmp"),
        settings.sudo("prevent_sudo"),
        settings.or("module", "MODULE"),
    ))
}

fn dsc(settings: &Settings<'_>) -> String {
    let manifest = settings.or("manifest_file", "CONFIGURATION.ps1");
    let file = manifest.rsplit('/').next().unwrap_or_default();
    let name = settings.text("configuration_name");
    let name = name.unwrap_or_else(|| file.trim_end_matches(".ps1").to_owned());
    powershell(&format!(
        "`. C:/Windows/Temp/{file}; {name} -OutputPath C:/Windows/Temp/mof; Start-DscConfiguration -Path C:/Windows/Temp/mof -Wait -Force -Verbose`; `file` uploads `{manifest}` to C:/Windows/Temp before"
    ))
}
