//! What a type of machine can run, by its family.
//!
//! <https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html> has the families of both hypervisors,
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ComponentsAMIs.html#virtualization_types> those for paravirtual images.

/// What is known of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// The architectures that it runs.
    pub(super) architectures: &'static [&'static str],
    /// `hvm`, or `paravirtual` besides.
    pub(super) virtualizations: &'static [&'static str],
    /// Whether it boots by UEFI where the image wants that, and so can have NitroTPM.
    pub(super) has_uefi: bool,
    /// Whether there is no network without ENA.
    pub(super) needs_ena: bool,
}

/// Nitro with processors of Intel or AMD.
const X86: &str = "c5 c5a c5ad c5d c5n c6a c6i c6id c6in c7a c7i c7i-flex c8a c8i c8i-flex c8id d3 d3en dl1 dl2q f2 g4ad g4dn g5 g6 \
    g6e g6f gr6 gr6f g7e hpc6a hpc6id hpc7a i3en i4i i7i i7ie inf1 inf2 m5 m5a m5ad m5d m5dn m5n m5zn m6a m6i m6id m6idn m6in m7a \
    m7i m7i-flex m8a m8i m8i-flex m8id p3dn p4d p4de p5 p5e p5en r5 r5a r5ad r5b r5d r5dn r5n r6a r6i r6id r6idn r6in r7a r7i r7iz \
    r8a r8i r8i-flex r8id t3 t3a trn1 trn1n trn2 u-3tb1 u-6tb1 u-9tb1 u-12tb1 u-18tb1 u-24tb1 u7i-6tb u7i-8tb u7i-12tb u7in-16tb \
    u7in-24tb u7in-32tb u7inh-32tb vt1 x2idn x2iedn x2iezn x8i z1d";
/// Nitro with AWS's own processors.
const ARM: &str = "a1 c6g c6gd c6gn c7g c7gd c7gn c8g c8gd c8gn g5g hpc7g i4g i8g i8ge im4gn is4gen m6g m6gd m7g m7gd m8g m8gd r6g \
    r6gd r7g r7gd r8g r8gd t4g x2gd x8g";
/// Xen, for whole machines only.
const XEN: &str = "c4 d2 f1 g3 g3s h1 i3 m4 p2 p3 r4 x1 x1e cc2 cr1 g2 i2 r3";
/// The same, with 32 bits too.
const XEN_32: &str = "t2";
/// Xen, for paravirtual images too.
const XEN_PARAVIRTUAL: &str = "c1 c3 hs1 m1 m2 m3 t1";
const MAC_X86: &str = "mac1";
const MAC_ARM: &str = "mac2 mac2-m1ultra mac2-m2 mac2-m2pro mac-m4 mac-m4pro";

const NITRO: Known = Known {
    architectures: &["x86_64"],
    virtualizations: &["hvm"],
    has_uefi: true,
    needs_ena: true,
};
const OLD: Known = Known {
    has_uefi: false,
    needs_ena: false,
    ..NITRO
};
const FAMILIES: [(&str, Known); 7] = [
    (X86, NITRO),
    (
        ARM,
        Known {
            architectures: &["arm64"],
            ..NITRO
        },
    ),
    (XEN, OLD),
    (
        XEN_32,
        Known {
            architectures: &["i386", "x86_64"],
            ..OLD
        },
    ),
    (
        XEN_PARAVIRTUAL,
        Known {
            architectures: &["i386", "x86_64"],
            virtualizations: &["hvm", "paravirtual"],
            ..OLD
        },
    ),
    (
        MAC_X86,
        Known {
            architectures: &["x86_64_mac"],
            ..NITRO
        },
    ),
    (
        MAC_ARM,
        Known {
            architectures: &["arm64_mac"],
            ..NITRO
        },
    ),
];

/// What is known of the type's family; `None` of one that came later than this list.
pub(super) fn known(instance_type: &str) -> Option<Known> {
    let (family, size) = instance_type.split_once('.')?;
    let mut families = FAMILIES.iter();
    let found = families.find(|(names, _)| names.split_whitespace().any(|name| name == family));
    // A whole machine of an older family has no Xen either, and nobody tells what it has.
    let is_nitro = |known: &Known| known.needs_ena || !size.starts_with("metal");
    found.map(|(_, known)| *known).filter(is_nitro)
}

/// The architecture that an image for the type most likely has.
pub(super) fn architecture(instance_type: &str) -> Option<&'static str> {
    known(instance_type)?.architectures.last().copied()
}

/// Whether the text has the form of a type's name: a family and a size.
pub(super) fn is_a_name(text: &str) -> bool {
    let Some((family, size)) = text.split_once('.') else {
        return false;
    };
    let of_family = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !family.is_empty() && family.bytes().all(of_family) && is_a_size(size)
}

fn is_a_size(size: &str) -> bool {
    const SIZES: [&str; 7] = [
        "nano", "micro", "small", "medium", "large", "xlarge", "metal",
    ];
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_multiple = |size: &str, unit| size.strip_suffix(unit).is_some_and(is_number);
    let is_part_of_metal = |size: &str| {
        let part = size.strip_prefix("metal-");
        part.is_some_and(|part| is_multiple(part, "xl"))
    };
    SIZES.contains(&size) || is_multiple(size, "xlarge") || is_part_of_metal(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_family_stands_there_twice() {
        let mut names: Vec<&str> = FAMILIES
            .iter()
            .flat_map(|(names, _)| names.split_whitespace())
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn a_family_tells_its_architecture() {
        assert_eq!(architecture("m7g.large"), Some("arm64"));
        assert_eq!(architecture("t2.micro"), Some("x86_64"));
        assert_eq!(architecture("g4dn.xlarge"), Some("x86_64"));
        assert_eq!(architecture("q1.large"), None);
    }
}
