//! The component types that Packer 1.16 and its registered plugins have, so that a type of theirs is told from a mistyped one.
//!
//! From <https://developer.hashicorp.com/packer/integrations>, the components that Packer carries itself, those that 1.6 to 1.8
//! carried (`command/plugin.go` and `command/vendored_plugins.go` of <https://github.com/hashicorp/packer>), and `dsc`, an old
//! plugin that is registered nowhere.

use crate::template::fields::nearest;
use crate::template::problem::Problems;
use crate::template::source::Span;

/// Whether a type exists.
pub(super) enum Known {
    /// It does.
    Yes,
    /// It does not; perhaps another one was meant.
    No {
        /// Which one.
        meant: Option<&'static str>,
    },
}

/// Looks a builder's type up.
pub(super) fn builder(kind: &str) -> Known {
    look_up(kind, &BUILDERS)
}

/// Looks a provisioner's type up.
pub(super) fn provisioner(kind: &str) -> Known {
    look_up(kind, &PROVISIONERS)
}

/// Looks a post-processor's type up.
pub(super) fn post_processor(kind: &str) -> Known {
    look_up(kind, &POST_PROCESSORS)
}

/// Reports an unknown type in Packer's words. `role` is `builder`, `provisioner` or `post-processor`.
pub(super) fn report_unknown(
    problems: &Problems,
    span: Span,
    role: &str,
    kind: &str,
    meant: Option<&str>,
) {
    let message = format!("error initializing {role} '{kind}': Unknown {role} {kind}");
    match meant {
        Some(meant) => problems.report_with_hint(span, message, format!("did you mean `{meant}`?")),
        None => problems.report(span, message),
    }
}

fn look_up(kind: &str, known: &'static [&'static str]) -> Known {
    if known.contains(&kind) {
        Known::Yes
    } else {
        Known::No {
            meant: nearest(kind, known.iter().copied()),
        }
    }
}

#[rustfmt::skip]
const BUILDERS: [&str; 87] = [
    "alicloud-ecs", "amazon-chroot", "amazon-ebs", "amazon-ebssurrogate", "amazon-ebsvolume", "amazon-instance",
    "anka", "arm-image", "azure-arm", "azure-chroot", "azure-dtl", "cloudstack", "digitalocean", "docker", "exoscale",
    "file", "googlecompute", "gridscale", "hashicups-order", "hcloud", "huaweicloud-ecs", "hyperone", "hyperv-iso",
    "hyperv-vmcx", "ibmcloud-classic", "ibmcloud-vpc", "incus", "ionoscloud", "jdcloud", "kamatera", "kubevirt-iso",
    "libvirt", "linode", "lxc", "lxd", "ncloud", "null", "nutanix", "oneandone", "openstack", "oracle-classic",
    "oracle-oci", "osc-bsu", "osc-bsusurrogate", "osc-bsuvolume", "osc-chroot", "outscale-bsu",
    "outscale-bsusurrogate", "outscale-bsuvolume", "outscale-chroot", "ovirt", "parallels-ipsw", "parallels-iso",
    "parallels-macvm", "parallels-pvm", "powervs", "profitbricks", "proxmox", "proxmox-clone", "proxmox-iso", "qemu",
    "scaleway", "tart-cli", "tencentcloud-cvm", "triton", "ucloud-uhost", "upcloud", "utm-cloud", "utm-iso",
    "utm-utm", "vagrant", "veertu-anka-registry-push", "veertu-anka-vm-clone", "veertu-anka-vm-create",
    "virtualbox-iso", "virtualbox-ovf", "virtualbox-vm", "vmware-iso", "vmware-vmx", "volcengine-ecs",
    "vsphere-clone", "vsphere-iso", "vsphere-supervisor", "vultr", "xenserver-iso", "xenserver-xva", "yandex",
];

#[rustfmt::skip]
pub(super) const PROVISIONERS: [&str; 26] = [
    "ansible", "ansible-local", "ansible-navigator", "azure-dtlartifact", "breakpoint", "chef-client", "chef-solo",
    "cnspec", "converge", "dsc", "file", "goss", "hashicups-toppings", "hcp-sbom", "inspec", "mondoo", "powershell",
    "puppet-masterless", "puppet-server", "salt-masterless", "shell", "shell-local", "sleep", "windows-restart",
    "windows-shell", "windows-update",
];

#[rustfmt::skip]
pub(super) const POST_PROCESSORS: [&str; 29] = [
    "alicloud-import", "amazon-ami-management", "amazon-import", "artifice", "checksum", "compress",
    "digitalocean-import", "docker-import", "docker-push", "docker-save", "docker-tag", "exoscale-import",
    "googlecompute-export", "googlecompute-import", "hashicups-receipt", "ibmcloud-export-image", "manifest",
    "shell-local", "ucloud-import", "utm-vagrant", "utm-zip", "vagrant", "vagrant-cloud", "vagrant-registry",
    "veertu-anka-registry-push", "vsphere", "vsphere-template", "yandex-export", "yandex-import",
];
