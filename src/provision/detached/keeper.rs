//! The keeper's text and the words that it is told.

use super::reader::Position;

/// What it does; `name` and `command` stand before it.
const TEXT: &str = include_str!("keeper.sh");

/// One keeper, for one run of one script.
#[derive(Clone, Debug)]
pub(in crate::provision) struct Keeper {
    /// Where it lies on the machine.
    path: String,
    /// Its state's; no two runs share one, so that a second attempt starts anew.
    name: String,
    /// What it runs, as the SSH server would have run it.
    command: String,
}

impl Keeper {
    /// A keeper for `command`.
    pub(in crate::provision) fn new(path: &str, command: &str) -> Self {
        Self {
            path: path.to_owned(),
            name: format!("{:08x}{:08x}", random(), random()),
            command: command.to_owned(),
        }
    }

    /// Where it lies on the machine.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Its text.
    pub(super) fn text(&self) -> String {
        format!(
            "name={}\ncommand={}\n{TEXT}",
            self.name,
            quoted(&self.command)
        )
    }

    /// Starts the script, in that boot only; once, however often it is asked.
    pub(super) fn start(&self, boot: &BootId) -> String {
        format!("sh {} start {}\n", self.path, boot.0)
    }

    /// Prints what follows `position`.
    pub(super) fn follow(&self, position: Position) -> String {
        format!(
            "sh {} follow {} {}\n",
            self.path, position.number, position.skip
        )
    }

    /// Removes what the keeper kept, and the keeper.
    pub(in crate::provision) fn remove(&self) -> String {
        format!(
            "test -f {path} && sh {path} clean; rm -f {path}\n",
            path = self.path
        )
    }
}

/// Ends the script of the keeper at `path`, and removes both keeper and state.
pub(super) fn stop(path: &str) -> String {
    format!("test -f {path} && sh {path} stop; rm -f {path}\n")
}

/// Which boot of the machine this is; empty where the machine does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::provision) struct BootId(String);

impl BootId {
    /// The command that prints it. Linux has it, and each boot gets another one.
    pub(super) const COMMAND: &str = "cat /proc/sys/kernel/random/boot_id\n";

    /// Reads what the command printed. Anything but a UUID is none: it becomes part of a command.
    pub(super) fn read(printed: &[u8]) -> Self {
        let text = String::from_utf8_lossy(printed);
        let id = text.trim();
        let is_uuid = id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        Self(if is_uuid {
            id.to_owned()
        } else {
            String::new()
        })
    }

    /// Whether both are known, and differ.
    pub(super) fn is_another_than(&self, earlier: &Self) -> bool {
        !self.0.is_empty() && !earlier.0.is_empty() && self != earlier
    }
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r#"'"'"'"#))
}

fn random() -> u32 {
    // Without randomness two runs could share a name; the second is then told that it has started already.
    getrandom::u32().unwrap_or_else(|_| std::process::id())
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_command_with_quotes_stays_one_word() {
        let text = Keeper::new("/tmp/k", "echo 'it''s' $X").text();
        let command = text.lines().nth(1).unwrap();
        assert_eq!(command, r#"command='echo '"'"'it'"'"''"'"'s'"'"' $X'"#);
    }

    #[test]
    fn two_boots_differ_only_where_both_are_known() {
        let [one, two] = ["1", "2"].map(|digit| BootId::read(digit.repeat(36).as_bytes()));
        assert!(two.is_another_than(&one) && !one.is_another_than(&one));
        let unknown = BootId::read(b"$(reboot)\n");
        assert!(!unknown.is_another_than(&one) && !one.is_another_than(&unknown));
    }
}
