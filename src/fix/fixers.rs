//! The fixers in Packer's order, which matters: one fixer's new name is the next one's old name.

use super::parts::{Builder, Parts};
use super::template::FixError;
use super::value::Object;
use super::{
    amazon, docker, hyperv, iso, names, other_clouds, parallels, post_processors, provisioners,
    qemu, ssh, virtualbox, vmware, vsphere,
};

/// One thing that is fixed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fixer {
    /// Packer's name of it.
    pub(crate) name: &'static str,
    /// What it does, for the usage.
    pub(crate) synopsis: &'static str,
    work: Work,
}

#[derive(Clone, Copy, Debug)]
enum Work {
    /// On each builder.
    Builders(fn(&mut Builder)),
    /// On each builder, and it may fail.
    FallibleBuilders(fn(&mut Builder) -> Result<(), FixError>),
    /// On each provisioner.
    Provisioners(fn(&mut Object) -> Result<(), FixError>),
    /// On each post-processor.
    PostProcessors(fn(&mut Object) -> Result<(), FixError>),
    /// On the whole template.
    Template(fn(&mut Parts)),
}

impl Fixer {
    pub(super) fn apply(&self, parts: &mut Parts) -> Result<(), FixError> {
        match self.work {
            Work::Builders(work) => parts.builders.iter_mut().flatten().for_each(work),
            Work::FallibleBuilders(work) => {
                parts.builders.iter_mut().flatten().try_for_each(work)?;
            }
            Work::Provisioners(work) => parts.provisioner_objects().try_for_each(work)?,
            Work::PostProcessors(work) => parts.post_processor_objects().try_for_each(work)?,
            Work::Template(work) => work(parts),
        }
        Ok(())
    }
}

const fn fixer(name: &'static str, synopsis: &'static str, work: Work) -> Fixer {
    Fixer {
        name,
        synopsis,
        work,
    }
}

/// All of them.
#[rustfmt::skip]
pub(crate) const FIXERS: &[Fixer] = &[
    fixer("iso-md5", "\"iso_md5\" becomes \"iso_checksum\"", Work::Builders(iso::md5)),
    fixer("createtime", "{{.CreateTime}} in names becomes {{timestamp}}", Work::Builders(names::create_time)),
    fixer("virtualbox-gaattach", "\"guest_additions_attach\" becomes \"guest_additions_mode\"", Work::Builders(virtualbox::guest_additions)),
    fixer("pp-vagrant-override", "vagrant's settings for a provider move into \"override\"", Work::PostProcessors(post_processors::vagrant_override)),
    fixer("virtualbox-rename", "\"virtualbox\" becomes \"virtualbox-iso\"", Work::Template(virtualbox::kind)),
    fixer("vmware-rename", "\"vmware\" becomes \"vmware-iso\"", Work::Builders(vmware::kind)),
    fixer("parallels-headless", "\"headless\" of Parallels goes", Work::Builders(parallels::headless)),
    fixer("parallels-deprecations", "\"parallels_tools_host_path\" goes, \"guest_os_distribution\" becomes \"guest_os_type\"", Work::Builders(parallels::deprecations)),
    fixer("sshkeypath", "\"ssh_key_path\" becomes \"ssh_private_key_file\"", Work::Builders(ssh::key_path)),
    fixer("sshdisableagent", "\"ssh_disable_agent\" becomes \"ssh_disable_agent_forwarding\"", Work::Builders(ssh::disable_agent)),
    fixer("scaleway-access-key", "\"access_key\" of Scaleway becomes \"organization_id\"", Work::Builders(other_clouds::scaleway_access_key)),
    fixer("manifest-filename", "\"filename\" of manifest becomes \"output\"", Work::PostProcessors(post_processors::manifest_filename)),
    fixer("amazon-shutdown_behavior", "\"shutdown_behaviour\" becomes \"shutdown_behavior\"", Work::Builders(amazon::shutdown_behavior)),
    fixer("amazon-enhanced-networking", "\"enhanced_networking\" becomes \"ena_support\"", Work::Builders(amazon::enhanced_networking)),
    fixer("amazon-private-ip", "\"ssh_private_ip\" becomes \"ssh_interface\"", Work::FallibleBuilders(amazon::private_ip)),
    fixer("amazon-temp-sec-cidrs", "\"temporary_security_group_source_cidr\" becomes a list, \"…_cidrs\"", Work::Builders(amazon::source_cidrs)),
    fixer("docker-email", "\"login_email\" goes", Work::Template(docker::login_email)),
    fixer("docker-tag-tags", "\"tag\" of docker-tag becomes \"tags\"", Work::PostProcessors(docker::tags)),
    fixer("powershell-escapes", "backquotes before $, \", ` and ' go in powershell's variables and login", Work::Provisioners(provisioners::powershell_escapes)),
    fixer("vmware-compaction", "\"skip_compaction\" is set for disks that need it", Work::Builders(vmware::compaction)),
    fixer("hyperv-deprecations", "\"vhd_temp_path\" goes", Work::Builders(hyperv::deprecations)),
    fixer("hyperv-vmxc-typo", "\"clone_from_vmxc_path\" becomes \"clone_from_vmcx_path\"", Work::Builders(hyperv::clone_path)),
    fixer("hyperv-cpu-and-ram", "\"cpu\" becomes \"cpus\", \"ram_size\" becomes \"memory\"", Work::Builders(hyperv::cpus_and_memory)),
    fixer("clean-image-name", "clean_ami_name and clean_image_name become clean_resource_name", Work::Builders(names::clean_names)),
    fixer("spot-price-auto-product", "\"spot_price_auto_product\" goes", Work::Builders(amazon::spot_price_product)),
    fixer("qemu-disk-size", "\"disk_size\" of QEMU gets a unit", Work::Builders(qemu::disk_size)),
    fixer("galaxy-command", "\"galaxycommand\" becomes \"galaxy_command\"", Work::Provisioners(provisioners::galaxy_command)),
    fixer("comm-config", "VirtualBox's \"ssh_host_port_min\", \"…_max\", \"ssh_skip_nat_mapping\" lose their \"ssh_\"", Work::Builders(virtualbox::ports)),
    fixer("ssh-wait-timeout", "\"ssh_wait_timeout\" becomes \"ssh_timeout\"", Work::Builders(ssh::wait_timeout)),
    fixer("vsphere-iso-net-disk", "network and disk of vsphere-iso move into lists", Work::Builders(vsphere::network_and_disk)),
    fixer("iso-checksum-type-and-url", "\"iso_checksum_type\" and \"iso_checksum_url\" move into \"iso_checksum\"", Work::Builders(iso::checksum)),
    fixer("qemu-host-port", "QEMU's \"ssh_host_port_min\", \"…_max\" lose their \"ssh_\"", Work::Builders(qemu::host_ports)),
    fixer("azure-exclude_from_latest", "\"exlude_from_latest\" becomes \"exclude_from_latest\"", Work::Builders(other_clouds::azure_exclude_from_latest)),
    fixer("proxmox-type", "\"proxmox\" becomes \"proxmox-iso\"", Work::Builders(other_clouds::proxmox_kind)),
];
