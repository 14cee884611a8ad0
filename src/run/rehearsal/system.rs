//! Whether the machine's system is the one that the template starts from: where it is not, a provisioner may fail for that alone.

use super::machine::Machine;
use crate::plan::amazon::settings::EbsSettings;
use crate::plan::{Builder, PlannedBuild};
use crate::sandbox::Network;

/// What publishers call their images, what a person calls the system, and its `ID` in `/etc/os-release`.
const NAMED: &[(&str, &str, &str)] = &[
    ("ubuntu", "Ubuntu", "ubuntu"),
    ("debian", "Debian", "debian"),
    ("amzn", "Amazon Linux", "amzn"),
    ("al2023", "Amazon Linux", "amzn"),
    ("rhel", "Red Hat Enterprise Linux", "rhel"),
    ("rocky", "Rocky Linux", "rocky"),
    ("alma", "AlmaLinux", "almalinux"),
    ("centos", "CentOS", "centos"),
    ("fedora", "Fedora", "fedora"),
    ("sles", "SUSE Linux Enterprise", "sles"),
];

/// What to say where a provisioner failed in a copy of a machine that is of another system, or may be, or that had no network.
pub(super) fn hint(build: &PlannedBuild, machine: &Machine, network: Network) -> Option<String> {
    let source = match &build.builder {
        Builder::AmazonEbs(settings) if machine.is_copy_of_this() => source(settings),
        _ => None,
    };
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = source.and_then(|source| advice(&release, &source));
    let without = machine.is_open() && network == Network::Nothing;
    let without = without.then(|| "it had no network (`-network=none`)".to_owned());
    let all: Vec<String> = without.into_iter().chain(system).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// As the template names the image that it starts from.
pub(super) fn source(settings: &EbsSettings) -> Option<String> {
    let source = &settings.source;
    let name = source.filters.iter().find(|(key, _)| key == "name");
    let name = name.and_then(|(_, values)| values.first().cloned());
    name.or_else(|| source.id.as_ref().map(ToString::to_string))
}

fn advice(release: &str, source: &str) -> Option<String> {
    let here = field(release, "PRETTY_NAME").or_else(|| field(release, "ID"))?;
    let name = source.to_lowercase();
    let named = NAMED.iter().find(|(word, ..)| name.contains(word));
    match named {
        Some((_, _, id)) if field(release, "ID") == Some(id) => None,
        Some((_, system, _)) => Some(format!(
            "it ran in a copy of this machine, which is {here}, and `{source}` is {system}; `-sandbox=docker` takes an image of that"
        )),
        None => Some(format!(
            "it ran in a copy of this machine, which is {here}; if `{source}` is another system, `-sandbox=docker:IMAGE` names an image of it"
        )),
    }
}

fn field<'a>(release: &'a str, key: &str) -> Option<&'a str> {
    let mut lines = release.lines();
    let value = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
    Some(value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEBIAN: &str =
        "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n";

    #[test]
    fn a_template_of_another_system_is_told_both_and_the_way_to_the_right_one() {
        let advice = |source| advice(DEBIAN, source);
        let amazon = advice("amzn2-ami-hvm-*-x86_64-gp2").unwrap();
        assert!(amazon.contains(
            "is Debian GNU/Linux 12 (bookworm), and `amzn2-ami-hvm-*-x86_64-gp2` is Amazon Linux"
        ));
        assert!(amazon.ends_with("`-sandbox=docker` takes an image of that"));
        let unknown = advice("ami-0123456789abcdef0").unwrap();
        assert!(unknown.contains("`-sandbox=docker:IMAGE`"), "{unknown}");
        assert_eq!(advice("debian-12-amd64-*"), None);
    }
}
