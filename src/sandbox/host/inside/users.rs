//! Who the template's user is among those of this machine, and the files that nobody's password is in.

use super::login::{Giving, Login};
use crate::sandbox::users::{self, User};

/// How the user's id is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// A person like any other.
    Own,
    /// Another name of root: there is no other id, or no way to become root.
    Root,
}

/// The user as the files tell of it, or as it is to be added.
pub(super) fn find(name: &str, identity: Identity, (passwd, group): (&str, &str)) -> User {
    let known = users::find(passwd, |user| user.name == name);
    let mut user = known.unwrap_or_else(|| users::new(name, "/bin/bash", passwd, group));
    if identity == Identity::Root {
        (user.id, user.group) = (0, 0);
    }
    user
}

/// How the user logs in, where the groups are those of `group`, the text of `/etc/group`.
pub(super) fn login(user: User, group: &str) -> Login {
    let groups = match user.id {
        0 => Vec::new(),
        _ => users::groups(group, &user),
    };
    Login {
        name: user.name,
        user: user.id,
        group: user.group,
        groups,
        home: user.home.into(),
        shell: user.shell.into(),
        giving: Giving::Real,
        processes: 0,
    }
}

/// `/etc/shadow` for the users of `passwd`: nobody has a password, and nobody's account is over.
pub(super) fn shadow(passwd: &str) -> String {
    each_name(passwd, ":*:19000:0:99999:7:::\n")
}

/// `/etc/gshadow` for the groups of `group`.
pub(super) fn gshadow(group: &str) -> String {
    each_name(group, ":*::\n")
}

fn each_name(text: &str, rest: &str) -> String {
    let names = text.lines().filter_map(|line| line.split(':').next());
    names
        .filter(|name| !name.is_empty())
        .map(|name| format!("{name}{rest}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000::/home/ada:/bin/zsh\n";
    const GROUP: &str = "root:x:0:\nadm:x:4:\nsudo:x:27:ada\nada:x:1000:\n";

    #[test]
    fn a_user_that_is_there_keeps_id_shell_and_groups() {
        let ada = find("ada", Identity::Own, (PASSWD, GROUP));
        let login = login(ada, GROUP);
        assert_eq!((login.user, login.shell.to_str()), (1000, Some("/bin/zsh")));
        assert_eq!(login.groups, [1000, 27]);
    }

    #[test]
    fn where_there_is_one_id_the_user_is_another_name_of_root_in_no_group() {
        let login = login(find("ada", Identity::Root, (PASSWD, GROUP)), GROUP);
        assert_eq!((login.user, login.group, login.groups.len()), (0, 0, 0));
        assert_eq!(login.home.to_str(), Some("/home/ada"));
    }

    #[test]
    fn nobody_has_a_password() {
        assert_eq!(
            shadow("root:x:0:0::/root:/bin/sh\n"),
            "root:*:19000:0:99999:7:::\n"
        );
        assert_eq!(gshadow("sudo:x:27:ada\n"), "sudo:*::\n");
    }
}
