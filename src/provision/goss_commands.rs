//! The command lines of the `goss` provisioner.

use crate::plan::provision::{GossInstall, GossSettings, GuestOs};
use crate::template::go_json;

use super::guest_commands::join;

/// Where goss writes the tests as it read them, plain and with what it read them from.
pub(super) const SPEC_FILES: [&str; 2] = ["/tmp/goss-spec.yaml", "/tmp/debug-goss-spec.yaml"];

/// Makes a directory.
pub(super) fn create_directory(settings: &GossSettings, path: &str) -> String {
    match settings.guest {
        GuestOs::Unix => format!("mkdir -p '{path}'"),
        GuestOs::Windows => format!("powershell /c mkdir -p '{path}'"),
    }
}

/// Downloads goss; `wget` where `curl` fails for any reason.
pub(super) fn download(settings: &GossSettings) -> String {
    let GossInstall::Download {
        url,
        username,
        password,
        skip_ssl,
    } = &settings.install
    else {
        return String::new();
    };
    let (user, password) = (username.as_str(), password.expose());
    let (curl_user, wget_user) = match (user.is_empty(), password.is_empty()) {
        (true, _) => (String::new(), String::new()),
        (false, true) => (format!("-u {user}"), format!("--user={user}")),
        (false, false) => (
            format!("-u {user}:{password}"),
            format!("--user={user} --password={password}"),
        ),
    };
    let (curl_ssl, wget_ssl) = if *skip_ssl {
        ("-k", "--no-check-certificate")
    } else {
        ("", "")
    };
    let binary = &settings.binary;
    format!(
        "curl -sL {curl_ssl} {curl_user} -o {binary} {url} || wget -q {wget_ssl} {wget_user} -O {binary} {url}"
    )
}

/// Whether what was installed runs.
pub(super) fn installed(settings: &GossSettings) -> String {
    let binary = &settings.binary;
    format!("chmod 555 {binary} && {binary} --version")
}

/// What runs, in order, each with its name.
pub(super) fn all(settings: &GossSettings) -> [(&'static str, String); 3] {
    let [spec, debug] = SPEC_FILES;
    let (folder, binary) = (&settings.remote_path, &settings.binary);
    let environment = vars_env(settings);
    let file = settings.goss_file.as_ref();
    let file = file.map_or_else(String::new, |file| format!("--gossfile {file}"));
    let (vars, inline) = (vars(settings), vars_inline(settings));
    let render = |flag: &str, to: &str| {
        format!("cd {folder} && {environment} {binary} {file} {vars} {inline} render {flag}> {to}")
    };
    let sudo = if settings.sudo.is_used() { "sudo" } else { "" };
    let (timeout, sleep) = (&settings.retry_timeout, &settings.sleep);
    let (format, options) = (
        flag("-f", settings.format.as_ref()),
        flag("-o", settings.format_options.as_ref()),
    );
    let report = report(settings);
    let validate = format!(
        "cd {folder} && {sudo} {environment} {binary} {file} {vars} {inline} validate --retry-timeout {timeout} --sleep {sleep} {format} {options} {report}"
    );
    [
        ("render", render("", spec)),
        ("render debug", render("-d ", debug)),
        ("validate", validate),
    ]
}

/// `--vars`.
fn vars(settings: &GossSettings) -> String {
    let file = settings.vars_file.as_ref();
    file.map_or_else(String::new, |local| {
        format!("--vars {}", join(&settings.remote_path, base(local)))
    })
}

/// `--vars-inline`; on Windows without double quotes, which do not reach goss there.
pub(super) fn vars_inline(settings: &GossSettings) -> String {
    if settings.vars_inline.is_empty() {
        return String::new();
    }
    let mut json = String::new();
    for (name, value) in &settings.vars_inline {
        json.push(if json.is_empty() { '{' } else { ',' });
        go_json::string(&mut json, name, go_json::HTML);
        json.push(':');
        go_json::string(&mut json, value, go_json::HTML);
    }
    json.push('}');
    match settings.guest {
        GuestOs::Unix => format!("--vars-inline '{json}'"),
        GuestOs::Windows => format!("--vars-inline {}", json.replace('"', "'")),
    }
}

/// Environment variables before a command, sorted by name.
pub(super) fn vars_env(settings: &GossSettings) -> String {
    let pairs = settings.vars_env.iter();
    pairs
        .map(|(name, value)| match settings.guest {
            GuestOs::Unix => format!("{name}=\"{value}\" "),
            GuestOs::Windows => format!("set \"{name}={value}\" && "),
        })
        .collect()
}

/// The report goes to its file and to the console. The plugin pipes into `tee`, which hides how goss ended.
fn report(settings: &GossSettings) -> String {
    let Some(path) = &settings.output_file else {
        return String::new();
    };
    match settings.guest {
        GuestOs::Unix => {
            format!("> \"{path}\"; status=$?; cat \"{path}\"; exit $status")
        }
        GuestOs::Windows => format!("| Tee-Object -FilePath \"{path}\""),
    }
}

fn flag(name: &str, value: Option<&String>) -> String {
    value.map_or_else(String::new, |value| format!("{name} {value}"))
}

/// Go's `filepath.Base`.
pub(super) fn base(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    trimmed.rsplit('/').next().unwrap_or(trimmed)
}
