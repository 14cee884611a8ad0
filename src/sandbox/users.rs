//! The texts of `/etc/passwd` and its like: who is there, and the template's user among them.

/// Groups that an image's first user is usually in, where they are there.
const USUAL: [&str; 3] = ["adm", "sudo", "wheel"];

/// The first id of a person.
const FIRST: u32 = 1000;

/// The longest name that the system's tools take.
const LONGEST_NAME: usize = 32;

/// A line of `/etc/passwd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    /// The login name.
    pub(crate) name: String,
    /// Its id.
    pub(crate) id: u32,
    /// The id of its own group.
    pub(crate) group: u32,
    /// The directory that it begins in.
    pub(crate) home: String,
    /// What runs its commands.
    pub(crate) shell: String,
}

/// Finds a user.
pub(crate) fn find(passwd: &str, is_it: impl Fn(&User) -> bool) -> Option<User> {
    passwd.lines().filter_map(User::read).find(is_it)
}

/// The ids of all groups of `user`, its own first.
pub(crate) fn groups(group: &str, user: &User) -> Vec<u32> {
    let further = group.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [_, _, id, members] = *fields.as_slice() else {
            return None;
        };
        let is_in = members.split(',').any(|member| member == user.name);
        id.parse().ok().filter(|id| is_in && *id != user.group)
    });
    std::iter::once(user.group).chain(further).collect()
}

/// The id of a group.
pub(crate) fn group_id(group: &str, name: &str) -> Option<u32> {
    let prefix = format!("{name}:");
    let line = group.lines().find(|line| line.starts_with(&prefix))?;
    line.split(':').nth(2)?.parse().ok()
}

/// A user that is not there yet, with ids that nobody has.
pub(crate) fn new(name: &str, shell: &str, passwd: &str, group: &str) -> User {
    let taken: Vec<u32> = [passwd, group].into_iter().flat_map(ids).collect();
    let free = (FIRST..u32::MAX).find(|id| !taken.contains(id));
    let free = free.unwrap_or(FIRST);
    User {
        name: name.to_owned(),
        id: free,
        group: free,
        home: format!("/home/{name}"),
        shell: shell.to_owned(),
    }
}

/// Whether a user can have this name: it goes into lines with colons, and into the path of a home.
pub(crate) fn is_name(name: &str) -> bool {
    let allowed = |letter: char| letter.is_alphanumeric() || "_-.@".contains(letter);
    let first = name.chars().next();
    first.is_some_and(|first| first.is_alphanumeric() || first == '_')
        && name.len() <= LONGEST_NAME
        && name.chars().all(allowed)
}

/// `/etc/passwd` with the user, in place of the one of that name where there is one.
pub(crate) fn passwd_with(text: &str, user: &User) -> String {
    let User {
        name,
        id,
        group,
        home,
        shell,
    } = user;
    let line = format!("{name}:x:{id}:{group}:{name}:{home}:{shell}");
    let prefix = format!("{name}:");
    let mut lines: Vec<&str> = text.lines().collect();
    match lines.iter_mut().find(|line| line.starts_with(&prefix)) {
        Some(found) => *found = &line,
        None => lines.push(&line),
    }
    lines.join("\n") + "\n"
}

/// `/etc/group` with the user in the usual groups, and with its own one where that is not there.
pub(crate) fn group_with(text: &str, user: &User) -> String {
    let joined: Vec<String> = text.lines().map(|line| joined(line, user)).collect();
    let text = joined.join("\n") + "\n";
    let prefix = format!("{}:", user.name);
    let has_its_name = text.lines().any(|line| line.starts_with(&prefix));
    // Another name of root has a group of its name all the same: `chown name:name` is common.
    if has_its_name || user.group != 0 && ids(&text).any(|id| id == user.group) {
        return text;
    }
    with_line(&text, &format!("{}:x:{}:", user.name, user.group))
}

/// `/etc/shadow` with a user that has no password.
pub(crate) fn shadow_with(text: &str, user: &User) -> String {
    with_line(text, &format!("{}:*:19000:0:99999:7:::", user.name))
}

impl User {
    fn read(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _, id, group, _, home, shell] = *fields.as_slice() else {
            return None;
        };
        Some(Self {
            name: name.to_owned(),
            id: id.parse().ok()?,
            group: group.parse().ok()?,
            home: home.to_owned(),
            shell: if shell.is_empty() { "/bin/sh" } else { shell }.to_owned(),
        })
    }
}

/// The line of a group, with the user among its members where it is one of the usual ones.
fn joined(line: &str, user: &User) -> String {
    let fields: Vec<&str> = line.split(':').collect();
    match *fields.as_slice() {
        [name, secret, id, members]
            if USUAL.contains(&name) && !members.split(',').any(|member| member == user.name) =>
        {
            let comma = if members.is_empty() { "" } else { "," };
            format!("{name}:{secret}:{id}:{members}{comma}{}", user.name)
        }
        _ => line.to_owned(),
    }
}

fn ids(text: &str) -> impl Iterator<Item = u32> {
    text.lines()
        .filter_map(|line| line.split(':').nth(2)?.parse().ok())
}

fn with_line(text: &str, line: &str) -> String {
    let text = text.trim_end_matches('\n');
    let between = if text.is_empty() { "" } else { "\n" };
    format!("{text}{between}{line}\n")
}

#[cfg(test)]
mod unit {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000::/home/ada:\n";
    const GROUP: &str = "root:x:0:\nadm:x:4:\nsudo:x:27:ada\nada:x:1000:\ndocker:x:999:bob,ada\n";

    #[test]
    fn a_new_user_gets_free_ids_a_home_and_the_usual_groups() {
        let user = new("ubuntu", "/bin/bash", PASSWD, GROUP);
        assert_eq!((user.id, user.group), (1001, 1001));
        let passwd = passwd_with(PASSWD, &user);
        assert!(passwd.ends_with("ubuntu:x:1001:1001:ubuntu:/home/ubuntu:/bin/bash\n"));
        let group = group_with(GROUP, &user);
        assert!(group.contains("\nadm:x:4:ubuntu\n"), "{group}");
        assert!(group.contains("\nsudo:x:27:ada,ubuntu\n"), "{group}");
        assert!(group.ends_with("\nubuntu:x:1001:\n"), "{group}");
        assert_eq!(groups(&group, &user), [1001, 4, 27]);
    }

    #[test]
    fn a_user_that_is_there_is_read_with_its_groups_and_is_added_to_no_group_twice() {
        let ada = find(PASSWD, |user| user.name == "ada").unwrap();
        assert_eq!((ada.id, &*ada.shell), (1000, "/bin/sh"));
        assert_eq!(groups(GROUP, &ada), [1000, 27, 999]);
        let group = group_with(GROUP, &ada);
        assert_eq!(group.matches("ada").count(), 4, "{group}");
    }

    #[test]
    fn a_user_that_becomes_another_name_of_root_gives_its_line_and_has_a_group_of_its_name() {
        let mut ada = find(PASSWD, |user| user.name == "ada").unwrap();
        (ada.id, ada.group) = (0, 0);
        let passwd = passwd_with(PASSWD, &ada);
        assert_eq!(passwd.lines().count(), 2, "{passwd}");
        assert!(
            passwd.ends_with("ada:x:0:0:ada:/home/ada:/bin/sh\n"),
            "{passwd}"
        );
        let bob = new("bob", "/bin/sh", PASSWD, GROUP);
        let root = User {
            id: 0,
            group: 0,
            ..bob
        };
        assert!(group_with(GROUP, &root).ends_with("\nbob:x:0:\n"));
    }

    #[test]
    fn a_name_leads_to_no_other_place_and_makes_no_second_line() {
        for name in ["ec2-user", "ubuntu", "_apt", "first.last", "Administrator"] {
            assert!(is_name(name), "{name}");
        }
        let too_long = "x".repeat(33);
        for name in [
            "", ".", "..", "../root", "a/b", "a:0:0", "a\nroot2", "-r", "a b", &too_long,
        ] {
            assert!(!is_name(name), "{name:?}");
        }
    }

    #[test]
    fn a_line_that_is_none_is_nobody() {
        assert_eq!(find("+::::::\nbroken\n", |_| true), None);
    }

    #[test]
    fn an_empty_file_gets_a_line_and_nothing_more() {
        let user = new("ubuntu", "/bin/sh", "", "");
        assert_eq!(shadow_with("", &user), "ubuntu:*:19000:0:99999:7:::\n");
    }
}
