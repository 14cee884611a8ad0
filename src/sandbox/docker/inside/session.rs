//! Runs a command as sshd does: the user's shell, in the home directory, with the few variables of a login.

use std::env;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use super::login::{self, Login, Variables};

/// sshd's own, where nothing else is set: Debian's and the others', of a user and of root.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
const PATH_DEBIAN: &str = "/usr/local/bin:/usr/bin:/bin:/usr/games";
const PATH_ROOT: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Becomes the user's shell with the command: `USER COMMAND`.
pub(super) fn run(words: &[String]) -> io::Result<()> {
    let [name, command] = words else {
        return Err(io::Error::other("a session needs a user and a command"));
    };
    let login = login::find(|user| user.name == *name)
        .ok_or_else(|| io::Error::other(format!("the user `{name}` is gone")))?;
    let variables = variables(&login, login::variables_of_the_system());
    login.become_it()?;
    // As sshd: without its home the session begins at the root.
    if env::set_current_dir(&login.user.home).is_err() {
        env::set_current_dir("/")?;
    }
    let mut shell = Command::new(&login.user.shell);
    shell.arg("-c").arg(command).env_clear().envs(variables);
    let error = shell.exec();
    let words = format!("{}: {error}", login.user.shell);
    Err(io::Error::new(error.kind(), words))
}

fn variables(login: &Login, of_the_system: Variables) -> Variables {
    let user = &login.user;
    let path = match (user.id, login::is_debian()) {
        (0, _) => PATH_ROOT,
        (_, true) => PATH_DEBIAN,
        (_, false) => PATH,
    };
    let mut variables = Variables::from([("PATH".to_owned(), path.to_owned())]);
    variables.extend(of_the_system);
    let own = [
        ("USER", &*user.name),
        ("LOGNAME", &user.name),
        ("HOME", &user.home),
        ("SHELL", &user.shell),
        // Debian's bash reads ~/.bashrc where it finds one of these.
        ("SSH_CLIENT", "127.0.0.1 50000 22"),
        ("SSH_CONNECTION", "127.0.0.1 50000 127.0.0.1 22"),
    ];
    variables.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
    variables
}
