//! The texts of `/etc/passwd` and its like, with the template's user in them.

use std::path::PathBuf;

use super::login::{Giving, Login};

/// Groups that an image's first user is usually in, where they are there.
const USUAL: [&str; 3] = ["adm", "sudo", "wheel"];

/// The first id of a person.
const FIRST: u32 = 1000;

/// How the user's id is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// A person like any other.
    Own,
    /// Another name of root: there is no other id, or no way to become root.
    Root,
}

/// The user as the files tell of it, or as it is to be added.
pub(super) fn login(name: &str, identity: Identity, passwd: &str, group: &str) -> Login {
    let groups = group.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let usual = USUAL.contains(&fields.next()?);
        fields.nth(1)?.parse().ok().filter(|_| usual)
    });
    let mut login = Login {
        name: name.to_owned(),
        user: 0,
        group: 0,
        groups: groups.collect(),
        home: home(name),
        shell: PathBuf::from("/bin/bash"),
        giving: Giving::Real,
        processes: 0,
    };
    let known = passwd.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [found, _, user, group, _, home, shell] = fields.as_slice() else {
            return None;
        };
        (*found == name).then_some((user.parse().ok()?, group.parse().ok()?, *home, *shell))
    });
    if let Some((_, _, home, shell)) = known {
        login.home = PathBuf::from(home);
        login.shell = PathBuf::from(shell);
    }
    match (identity, known) {
        (Identity::Root, _) => login.groups.clear(),
        (Identity::Own, Some((user, group, ..))) => (login.user, login.group) = (user, group),
        (Identity::Own, None) => {
            let taken: Vec<u32> = [passwd, group].into_iter().flat_map(ids).collect();
            let free = (FIRST..u32::MAX).find(|id| !taken.contains(id));
            let free = free.unwrap_or(FIRST);
            (login.user, login.group) = (free, free);
        }
    }
    login
}

fn home(name: &str) -> PathBuf {
    if name == "root" {
        PathBuf::from("/root")
    } else {
        PathBuf::from("/home").join(name)
    }
}

fn ids(text: &str) -> impl Iterator<Item = u32> {
    text.lines()
        .filter_map(|line| line.split(':').nth(2)?.parse().ok())
}

/// `/etc/passwd` with the user; a line that was there gives way.
pub(super) fn passwd(text: &str, login: &Login) -> String {
    let line = format!(
        "{}:x:{}:{}:{}:{}:{}",
        login.name,
        login.user,
        login.group,
        login.name,
        login.home.display(),
        login.shell.display()
    );
    with(text, &login.name, &line)
}

/// `/etc/group` with the user's own group and the user in the usual ones.
pub(super) fn group(text: &str, login: &Login) -> String {
    let joined: Vec<String> = text
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            match fields.as_slice() {
                [name, _, id, members] if USUAL.contains(name) && login.user != 0 => {
                    let members = [*members, &login.name].map(str::to_owned);
                    let members: Vec<String> = members
                        .into_iter()
                        .filter(|name| !name.is_empty())
                        .collect();
                    format!("{name}:x:{id}:{}", members.join(","))
                }
                _ => line.to_owned(),
            }
        })
        .collect();
    let text = joined.join("\n");
    let known = ids(&text).any(|id| id == login.group) && login.group != 0;
    if login.name == "root" || known {
        return text + "\n";
    }
    with(
        &text,
        &login.name,
        &format!("{}:x:{}:", login.name, login.group),
    )
}

/// `text` with `line`, in place of the one of that name where there is one.
fn with(text: &str, name: &str, line: &str) -> String {
    let prefix = format!("{name}:");
    let mut lines: Vec<&str> = text.lines().collect();
    match lines.iter_mut().find(|line| line.starts_with(&prefix)) {
        Some(found) => *found = line,
        None => lines.push(line),
    }
    lines.join("\n") + "\n"
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
    fn a_new_user_gets_a_free_id_a_home_and_the_usual_groups() {
        let login = login("ubuntu", Identity::Own, PASSWD, GROUP);
        assert_eq!((login.user, login.group), (1001, 1001));
        assert_eq!(login.groups, [4, 27]);
        assert!(
            passwd(PASSWD, &login).ends_with("ubuntu:x:1001:1001:ubuntu:/home/ubuntu:/bin/bash\n")
        );
        let text = group(GROUP, &login);
        assert!(text.contains("sudo:x:27:ada,ubuntu\n"), "{text}");
        assert!(text.contains("adm:x:4:ubuntu\n"), "{text}");
        assert!(text.ends_with("ubuntu:x:1001:\n"), "{text}");
    }

    #[test]
    fn a_user_that_is_there_keeps_id_and_shell() {
        let login = login("ada", Identity::Own, PASSWD, GROUP);
        assert_eq!((login.user, login.shell.to_str()), (1000, Some("/bin/zsh")));
        assert_eq!(passwd(PASSWD, &login).lines().count(), 2);
        assert_eq!(group(GROUP, &login).lines().count(), 4);
    }

    #[test]
    fn where_there_is_one_id_the_user_is_another_name_of_root() {
        let login = login("ada", Identity::Root, PASSWD, GROUP);
        assert_eq!((login.user, login.groups.len()), (0, 0));
        let text = passwd(PASSWD, &login);
        assert!(text.starts_with("root:"), "{text}");
        assert!(
            text.contains("ada:x:0:0:ada:/home/ada:/bin/zsh\n"),
            "{text}"
        );
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
