//! The command that asks, and the words that stand around its answers.

use crate::sandbox::RPM_FORMAT;

/// Before the lines of dpkg.
pub(super) const DPKG: &str = "ami-build: dpkg";
/// Before the lines of rpm.
pub(super) const RPM: &str = "ami-build: rpm";
/// After either, with the status.
pub(super) const LISTED: &str = "ami-build: status ";
/// Before the lines of `df`.
pub(super) const DISK: &str = "ami-build: disk";
/// Last of all: what comes before is whole.
pub(super) const END: &str = "ami-build: end";

/// One line for dpkg as for rpm, with the state behind: removed packages whose configuration stayed are in the list too.
const DPKG_FORMAT: &str = r"\${Package}\t\${Architecture}\t\${Version}\t\${Status}\n";

/// Seconds for a package manager on the machine, where it can be limited; less than we wait.
const SECONDS: u8 = 8;

/// One line for `/bin/sh`: the login shell may be any, and single quotes are the same in all of them.
pub(super) fn command() -> String {
    let script = [
        "LC_ALL=C; export LC_ALL; PATH=$PATH:/usr/sbin:/sbin; limit=".to_owned(),
        format!("if command -v timeout >/dev/null 2>&1; then limit=\"timeout {SECONDS}\"; fi"),
        format!(
            "if command -v dpkg-query >/dev/null 2>&1; then echo \"{DPKG}\"; \
             $limit dpkg-query --show --showformat=\"{DPKG_FORMAT}\" 2>/dev/null; echo \"{LISTED}$?\"; \
             elif command -v rpm >/dev/null 2>&1; then echo \"{RPM}\"; \
             $limit rpm --query --all --queryformat \"{RPM_FORMAT}\" 2>/dev/null; echo \"{LISTED}$?\"; fi"
        ),
        format!("echo \"{DISK}\"; $limit df -k -P / 2>/dev/null; echo \"{END}\""),
    ];
    format!("/bin/sh -c '{}'", script.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_has_no_quote_that_would_end_it() {
        let command = command();
        assert_eq!(command.matches('\'').count(), 2, "{command}");
        assert_eq!(command.lines().count(), 1);
        // csh takes it for history, even between quotes.
        assert!(!command.contains('!'), "{command}");
    }
}
