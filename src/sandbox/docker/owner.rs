//! Who opened a sandbox: so that a later run knows whether it is still somebody's.

use std::fs;
use std::path::Path;

/// A process of one boot of one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    boot: String,
    /// The space that its number counts in: in a container's action it is 1.
    space: String,
    process: u32,
    /// When it began, in the kernel's ticks: numbers are given again.
    began: String,
}

/// What is known of an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Lives,
    Gone,
    /// It is on another machine, or in another space.
    Unknown,
}

impl Owner {
    /// This process.
    pub(super) fn this() -> Self {
        let process = std::process::id();
        Self {
            boot: boot(),
            space: space(),
            process,
            began: began(process).unwrap_or_default(),
        }
    }

    /// As a label has it.
    pub(super) fn label(&self) -> String {
        let Self {
            boot,
            space,
            process,
            began,
        } = self;
        format!("{process} {began} {space} {boot}")
    }

    /// Reads a label.
    pub(super) fn read(label: &str) -> Option<Self> {
        let mut words = label.split(' ').map(str::to_owned);
        Some(Self {
            process: words.next()?.parse().ok()?,
            began: words.next()?,
            space: words.next()?,
            boot: words.next()?,
        })
    }

    /// Whether it lives.
    pub(super) fn life(&self) -> Life {
        if self.boot != boot() || self.space != space() || self.boot.is_empty() {
            return Life::Unknown;
        }
        match began(self.process) {
            Some(began) if began == self.began => Life::Lives,
            _ => Life::Gone,
        }
    }
}

fn boot() -> String {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    text.trim().to_owned()
}

fn space() -> String {
    let link = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    link.to_string_lossy().into_owned()
}

/// The 22nd field of `/proc/PID/stat`, counted behind the name, which may have spaces and parentheses.
fn began(process: u32) -> Option<String> {
    let path = Path::new("/proc").join(process.to_string()).join("stat");
    let text = fs::read_to_string(path).ok()?;
    let (_, behind) = text.rsplit_once(')')?;
    behind.split_whitespace().nth(19).map(str::to_owned)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn this_process_lives_and_survives_its_label() {
        let owner = Owner::this();
        assert_eq!(owner.life(), Life::Lives);
        assert_eq!(Owner::read(&owner.label()), Some(owner));
    }

    #[test]
    fn a_number_that_was_given_again_is_another_process() {
        let owner = Owner {
            began: "1".into(),
            ..Owner::this()
        };
        assert_eq!(owner.life(), Life::Gone);
    }

    #[test]
    fn a_process_of_another_machine_or_space_is_not_judged() {
        let other = Owner {
            boot: "another".into(),
            ..Owner::this()
        };
        assert_eq!(other.life(), Life::Unknown);
        assert_eq!(Owner::read("no label"), None);
    }
}
