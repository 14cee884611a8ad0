//! `sudo`, for images that have none: most of Docker's own.
//!
//! The copy belongs to root and has the bit that makes its caller root. It does so for root and for the template's user alone,
//! who may do everything on an EC2 image as well, and it is in no place but the container.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use nix::unistd::{getgid, getuid};

use super::login::{self, Login, Variables};
use super::sudo_options::{Asked, Home, Kept, Options, Shell, read};

/// Names the user that may call it.
pub(crate) const MAY: &str = "/.ami-build/sudoer";

/// As the distributions' sudoers have it.
const PATH: &str = "/sbin:/bin:/usr/sbin:/usr/bin";
const PATH_DEBIAN: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin";

/// What is kept without `-E`: sudo's own list, in part.
const KEPT: [&str; 7] = [
    "TERM",
    "DISPLAY",
    "XAUTHORITY",
    "COLORS",
    "HOSTNAME",
    "LANG",
    "LANGUAGE",
];

/// What is kept never: it would run something of the caller's in the other user's programs.
const HARMFUL: [&str; 5] = ["IFS", "CDPATH", "ENV", "BASH_ENV", "LOCALDOMAIN"];

/// Becomes the command.
pub(super) fn run(words: &[String]) -> ExitCode {
    let done = match read(words) {
        Ok(Asked::Nothing) => return ExitCode::SUCCESS,
        Ok(Asked::Version) => Err("Sudo version 1.9 (a rehearsal's)".to_owned()),
        Ok(Asked::Run(options)) => become_it(&options),
        Err(words) => Err(words),
    };
    let words = done.err().unwrap_or_default();
    let _nobody_listens = writeln!(io::stderr(), "{words}");
    ExitCode::FAILURE
}

/// Returns only where it could not.
fn become_it(options: &Options) -> Result<(), String> {
    let caller = login::find(|user| user.id == getuid().as_raw())
        .ok_or("sudo: you do not exist in the passwd database")?;
    let may = fs::read_to_string(MAY).unwrap_or_default();
    if !getuid().is_root() && may.trim() != caller.user.name {
        return Err(format!("{} is not in the sudoers file.", caller.user.name));
    }
    let target = target(options)?;
    let command = command(options, &caller, &target);
    let variables = variables(options, &caller, (&target, &command));
    target
        .become_it()
        .map_err(|error| format!("sudo: cannot become {}: {error}", target.user.name))?;
    let directory = match (&options.directory, options.shell) {
        (Some(directory), _) => Some(PathBuf::from(directory)),
        (None, Shell::Login) => Some(PathBuf::from(&target.user.home)),
        (None, _) => None,
    };
    if let Some(directory) = directory.filter(|directory| directory.is_dir()) {
        env::set_current_dir(directory).map_err(|error| format!("sudo: {error}"))?;
    }
    let program = &command[0];
    let path = variables.get("PATH").map_or("", String::as_str);
    let found = find(program, path).ok_or_else(|| format!("sudo: {program}: command not found"))?;
    let mut process = Command::new(found);
    process.args(&command[1..]).env_clear().envs(variables);
    process.arg0(program);
    Err(format!(
        "sudo: unable to execute {program}: {}",
        process.exec()
    ))
}

fn target(options: &Options) -> Result<Login, String> {
    let name = options.user.as_deref().unwrap_or("root");
    let id = name.strip_prefix('#').and_then(|id| id.parse().ok());
    let mut target = login::find(|user| user.name == name || Some(user.id) == id)
        .ok_or_else(|| format!("sudo: unknown user {name}"))?;
    if let Some(name) = &options.group {
        let group = login::group_id(name).ok_or_else(|| format!("sudo: unknown group {name}"))?;
        target.lead_by(group);
    }
    Ok(target)
}

/// The words of what runs in the end.
#[expect(
    clippy::disallowed_methods,
    reason = "`sudo` hands on what its caller has"
)]
fn command(options: &Options, caller: &Login, target: &Login) -> Vec<String> {
    let shell = match options.shell {
        Shell::None => return options.command.clone(),
        Shell::Plain => env::var_os("SHELL").map_or(caller.user.shell.clone(), |shell| {
            shell.to_string_lossy().into_owned()
        }),
        Shell::Login => target.user.shell.clone(),
    };
    let mut words = vec![shell];
    if options.shell == Shell::Login {
        words.push("-l".to_owned());
    }
    if !options.command.is_empty() {
        let quoted: Vec<String> = options.command.iter().map(|word| escaped(word)).collect();
        words.extend(["-c".to_owned(), quoted.join(" ")]);
    }
    words
}

/// As sudo hands words to a shell: everything but letters, digits, `_`, `-` and `$` has a backslash before it.
fn escaped(word: &str) -> String {
    let mut escaped = String::new();
    for letter in word.chars() {
        if !(letter.is_alphanumeric() || "_-$".contains(letter)) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

fn variables(options: &Options, caller: &Login, run: (&Login, &[String])) -> Variables {
    let (target, command) = run;
    let target = &target.user;
    let mut variables: Variables = caller_variables()
        .filter(|(name, _)| match &options.variables {
            Kept::All => true,
            Kept::Named(names) => names.contains(name) || is_kept(name),
            Kept::Few => is_kept(name),
        })
        .collect();
    if options.home == Home::Target || options.variables != Kept::All {
        variables.insert("HOME".to_owned(), target.home.clone());
    }
    let path = if login::is_debian() {
        PATH_DEBIAN
    } else {
        PATH
    };
    let own = [
        ("PATH", path.to_owned()),
        ("SHELL", target.shell.clone()),
        ("USER", target.name.clone()),
        ("LOGNAME", target.name.clone()),
        ("SUDO_USER", caller.user.name.clone()),
        ("SUDO_UID", getuid().to_string()),
        ("SUDO_GID", getgid().to_string()),
        ("SUDO_COMMAND", command.join(" ")),
    ];
    variables.extend(own.map(|(name, value)| (name.to_owned(), value)));
    variables.extend(options.assignments.iter().cloned());
    variables
}

#[expect(
    clippy::disallowed_methods,
    reason = "`sudo` hands on what its caller has"
)]
fn caller_variables() -> impl Iterator<Item = (String, String)> {
    let variables = env::vars_os().map(|(name, value)| {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        (text(name), text(value))
    });
    variables.filter(|(name, _)| {
        !HARMFUL.contains(&&**name) && !name.starts_with("LD_") && !name.starts_with("BASH_FUNC_")
    })
}

fn is_kept(name: &str) -> bool {
    KEPT.contains(&name) || name.starts_with("LC_")
}

/// The file that the name stands for.
fn find(program: &str, path: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program));
    }
    let places = path.split(':').map(|place| Path::new(place).join(program));
    places.into_iter().find(|place| place.is_file())
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn words_reach_a_shell_as_they_were() {
        assert_eq!(escaped("a b;$HOME"), r"a\ b\;$HOME");
    }

    #[test]
    fn a_program_is_found_on_the_path_alone_unless_it_has_a_slash() {
        assert_eq!(find("sh", "/nowhere:/bin"), Some("/bin/sh".into()));
        assert_eq!(find("sh", "/nowhere"), None);
        assert_eq!(find("./sh", ""), Some("./sh".into()));
    }
}
