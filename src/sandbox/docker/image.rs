//! Which image stands for the AMI that a template starts from.

use crate::sandbox::SourceHint;

/// What an AMI's name has in it, in lower case and all of it, and the image. The first match counts.
///
/// The names are those of the AMIs' publishers: <https://ubuntu.com/server/docs/how-to/public-cloud/aws>,
/// <https://wiki.debian.org/Cloud/AmazonEC2Image>, <https://docs.aws.amazon.com/linux/al2023/ug/ec2.html>,
/// <https://access.redhat.com/solutions/15356>, <https://rockylinux.org/download>, <https://wiki.almalinux.org/cloud/AWS.html>,
/// <https://www.centos.org/download/aws-images>, <https://fedoraproject.org/cloud/download>,
/// <https://documentation.suse.com/sle-public-cloud>. Images are Docker's official ones, or the distribution's own.
const BY_NAME: &[(&[&str], &str)] = &[
    (&["ubuntu", "resolute"], "ubuntu:26.04"),
    (&["ubuntu", "26.04"], "ubuntu:26.04"),
    (&["ubuntu", "noble"], "ubuntu:24.04"),
    (&["ubuntu", "24.04"], "ubuntu:24.04"),
    (&["ubuntu", "jammy"], "ubuntu:22.04"),
    (&["ubuntu", "22.04"], "ubuntu:22.04"),
    (&["ubuntu", "focal"], "ubuntu:20.04"),
    (&["ubuntu", "20.04"], "ubuntu:20.04"),
    (&["ubuntu", "bionic"], "ubuntu:18.04"),
    (&["ubuntu", "18.04"], "ubuntu:18.04"),
    (&["ubuntu", "xenial"], "ubuntu:16.04"),
    (&["ubuntu", "16.04"], "ubuntu:16.04"),
    (&["ubuntu", "trusty"], "ubuntu:14.04"),
    (&["ubuntu", "14.04"], "ubuntu:14.04"),
    (&["debian-13"], "debian:13"),
    (&["debian", "trixie"], "debian:13"),
    (&["debian-12"], "debian:12"),
    (&["debian", "bookworm"], "debian:12"),
    (&["debian-11"], "debian:11"),
    (&["debian", "bullseye"], "debian:11"),
    (&["debian-10"], "debian:10"),
    (&["debian", "buster"], "debian:10"),
    (&["debian-stretch"], "debian:9"),
    (&["al2023"], "amazonlinux:2023"),
    (&["amzn2"], "amazonlinux:2"),
    (&["amzn-ami"], "amazonlinux:1"),
    // EKS's of before 2023, whose name has nothing more.
    (&["amazon-eks", "node"], "amazonlinux:2"),
    (&["rhel-10"], "redhat/ubi10"),
    (&["rhel-9"], "redhat/ubi9"),
    (&["rhel-8"], "redhat/ubi8"),
    (&["rhel-7"], "registry.access.redhat.com/ubi7/ubi"),
    (&["rocky-10"], "rockylinux/rockylinux:10"),
    (&["rocky-9"], "rockylinux/rockylinux:9"),
    (&["rocky-8"], "rockylinux/rockylinux:8"),
    (&["almalinux", "os 10"], "almalinux:10"),
    (&["almalinux", "os 9"], "almalinux:9"),
    (&["almalinux", "os 8"], "almalinux:8"),
    (&["almalinux-10"], "almalinux:10"),
    (&["almalinux-9"], "almalinux:9"),
    (&["almalinux-8"], "almalinux:8"),
    (
        &["centos", "stream", "10"],
        "quay.io/centos/centos:stream10",
    ),
    (&["centos", "stream", "9"], "quay.io/centos/centos:stream9"),
    (&["centos", "stream", "8"], "quay.io/centos/centos:stream8"),
    (&["centos linux 8"], "centos:8"),
    (&["centos 8"], "centos:8"),
    (&["centos-8"], "centos:8"),
    (&["centos linux 7"], "centos:7"),
    (&["centos 7"], "centos:7"),
    (&["centos-7"], "centos:7"),
    (&["fedora-cloud", "-44"], "fedora:44"),
    (&["fedora-cloud", "-43"], "fedora:43"),
    (&["fedora-cloud", "-42"], "fedora:42"),
    (&["suse-sles-15"], "registry.suse.com/suse/sle15"),
    (&["opensuse-leap-16"], "opensuse/leap:16.0"),
    (&["opensuse-leap-15"], "opensuse/leap:15"),
];

/// What a publisher's account has, where the name says nothing more: the latest with long support.
const BY_OWNER: &[(&str, &str)] = &[
    // Canonical; in GovCloud and in China.
    ("099720109477", "ubuntu:24.04"),
    ("513442679011", "ubuntu:24.04"),
    ("837727238323", "ubuntu:24.04"),
    // Debian.
    ("136693071363", "debian:12"),
    ("379101102735", "debian:9"),
    // Amazon.
    ("137112412989", "amazonlinux:2023"),
    // Red Hat.
    ("309956199498", "redhat/ubi9"),
    // Rocky Linux.
    ("792107900819", "rockylinux/rockylinux:9"),
    // AlmaLinux.
    ("764336703387", "almalinux:9"),
    // CentOS and Fedora.
    ("125523088429", "quay.io/centos/centos:stream9"),
    // SUSE.
    ("013907871322", "registry.suse.com/suse/sle15"),
];

/// Distributions whose name alone says enough.
const BY_FAMILY: &[(&str, &str)] = &[
    ("ubuntu", "ubuntu:24.04"),
    ("debian", "debian:12"),
    ("rhel", "redhat/ubi9"),
    ("rocky", "rockylinux/rockylinux:9"),
    ("almalinux", "almalinux:9"),
    ("centos", "quay.io/centos/centos:stream9"),
    ("fedora", "fedora:42"),
    ("suse", "registry.suse.com/suse/sle15"),
];

/// An image, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guess {
    /// The name says the distribution and its version.
    Named(&'static str),
    /// The owner or the distribution is known, the version is not.
    Likely(&'static str),
}

impl Guess {
    /// The image.
    pub(crate) fn image(self) -> &'static str {
        match self {
            Self::Named(image) | Self::Likely(image) => image,
        }
    }
}

/// Chooses by what a template says of its source.
pub(crate) fn choose(source: &SourceHint) -> Option<Guess> {
    let name = source.name.as_deref().unwrap_or_default().to_lowercase();
    let by_name = BY_NAME
        .iter()
        .find(|(parts, _)| parts.iter().all(|part| name.contains(part)));
    if let Some((_, image)) = by_name {
        return Some(Guess::Named(image));
    }
    let by_family = BY_FAMILY.iter().find(|(family, _)| name.contains(family));
    let by_owner = || {
        let known = |owner: &&(&str, &str)| source.owners.iter().any(|its| its == owner.0);
        BY_OWNER.iter().find(known)
    };
    let (_, image) = by_family.or_else(by_owner)?;
    Some(Guess::Likely(image))
}

#[cfg(test)]
mod unit {
    use super::*;

    fn source(name: &str, owner: &str) -> SourceHint {
        SourceHint {
            name: (!name.is_empty()).then(|| name.to_owned()),
            owners: vec![owner.to_owned()],
        }
    }

    fn named(name: &str) -> Option<Guess> {
        choose(&source(name, "self"))
    }

    #[test]
    fn publishers_names_lead_to_their_images() {
        let names = [
            (
                "ubuntu/images/*ubuntu-jammy-22.04-amd64-server-*",
                "ubuntu:22.04",
            ),
            (
                "ubuntu/images/hvm-ssd/ubuntu-bionic-18.04-amd64-server-*",
                "ubuntu:18.04",
            ),
            ("debian-12-amd64-*", "debian:12"),
            ("amzn2-ami-hvm-*-x86_64-gp2", "amazonlinux:2"),
            ("al2023-ami-2023*-x86_64", "amazonlinux:2023"),
            ("*amzn2-ami-hvm-*-x86_64-gp2", "amazonlinux:2"),
            ("amzn-ami-hvm-2017.09.*-gp2", "amazonlinux:1"),
            ("amazon-eks-node-1.29-v*", "amazonlinux:2"),
            (
                "amazon-eks-node-al2023-x86_64-standard-1.30-*",
                "amazonlinux:2023",
            ),
            ("*ubuntu-*-18.04-amd64-server-*", "ubuntu:18.04"),
            ("*RHEL-7.3_HVM_GA-*", "registry.access.redhat.com/ubi7/ubi"),
            ("RHEL-9.4.0_HVM-*-x86_64-*", "redhat/ubi9"),
            ("Rocky-9-EC2-Base-9.4-*.x86_64", "rockylinux/rockylinux:9"),
            ("AlmaLinux OS 9*x86_64", "almalinux:9"),
            ("CentOS Stream 9 x86_64*", "quay.io/centos/centos:stream9"),
            ("CentOS Linux 7 x86_64 HVM EBS*", "centos:7"),
            (
                "suse-sles-15-sp5-v*-hvm-ssd-x86_64",
                "registry.suse.com/suse/sle15",
            ),
            ("Fedora-Cloud-Base-AmazonEC2.x86_64-42-*", "fedora:42"),
        ];
        for (name, image) in names {
            assert_eq!(named(name), Some(Guess::Named(image)), "{name}");
        }
    }

    #[test]
    fn an_owner_or_a_distribution_without_a_version_is_a_guess() {
        let canonical = choose(&source("", "099720109477"));
        assert_eq!(canonical, Some(Guess::Likely("ubuntu:24.04")));
        assert_eq!(named("*ubuntu*"), Some(Guess::Likely("ubuntu:24.04")));
    }

    #[test]
    fn a_name_of_ones_own_leads_nowhere() {
        assert_eq!(named("golden-image-*"), None);
        assert_eq!(named("Windows_Server-2019-English-Full-Base-*"), None);
        assert_eq!(choose(&SourceHint::default()), None);
    }
}
