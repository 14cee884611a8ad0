//! What of a build does not run in a rehearsal: it is taken out, and named.

use super::terms::Rehearsal;
use crate::cli::rehearse_options::LocalCommands;
use crate::plan::post::PostProcessorSettings;
use crate::plan::provision::{AnsibleRoute, ProvisionerSettings};
use crate::plan::{PlannedBuild, PlannedProvisioner};

/// Takes out what needs this machine or one with Windows. What was taken out is told, to be read after "not checked: ".
pub(super) fn for_good(build: &mut PlannedBuild, rehearsal: &Rehearsal) -> Vec<String> {
    let mut told = take_provisioners(build, |provisioner| {
        why_not(&provisioner.settings, rehearsal).map(str::to_owned)
    });
    if rehearsal.terms.local_commands == LocalCommands::Run {
        return told;
    }
    for chain in &mut build.post_processors {
        // What follows sees the same artifact: it passes through such a post-processor.
        chain.retain(|element| {
            let is_local = matches!(element.settings, PostProcessorSettings::ShellLocal(_));
            if is_local {
                told.push(format!(
                    "the post-processor `{}` at {}: {}",
                    element.name,
                    element.place,
                    rehearsal.why_not_here()
                ));
            }
            !is_local
        });
    }
    build.post_processors.retain(|chain| !chain.is_empty());
    told
}

/// Takes out all that needs a machine, for there is none.
pub(super) fn without_machine(build: &mut PlannedBuild, why: &str) -> Vec<String> {
    let mut taken = Vec::new();
    let mut stays = |provisioner: &PlannedProvisioner| {
        let stays = !needs_machine(&provisioner.settings);
        if !stays {
            taken.push(format!("{} (`{}`)", provisioner.number, provisioner.kind));
        }
        stays
    };
    build.provisioners.retain(&mut stays);
    if let Some(cleanup) = &build.cleanup_provisioner
        && needs_machine(&cleanup.settings)
    {
        taken.push(format!("for clean-up (`{}`)", cleanup.kind));
        build.cleanup_provisioner = None;
    }
    let noun = if taken.len() == 1 {
        "provisioner"
    } else {
        "provisioners"
    };
    vec![format!("{noun} {}: {why}", taken.join(", "))]
}

/// Whether anything of the build needs a machine.
pub(super) fn needs_a_machine(build: &PlannedBuild) -> bool {
    let mut all = build.provisioners.iter().chain(&build.cleanup_provisioner);
    all.any(|provisioner| needs_machine(&provisioner.settings))
}

fn take_provisioners(
    build: &mut PlannedBuild,
    why: impl Fn(&PlannedProvisioner) -> Option<String>,
) -> Vec<String> {
    let mut told = Vec::new();
    let mut stays = |provisioner: &PlannedProvisioner| match why(provisioner) {
        Some(why) => {
            told.push(format!("{}: {why}", named(provisioner)));
            false
        }
        None => true,
    };
    build.provisioners.retain(&mut stays);
    build.cleanup_provisioner.take_if(|cleanup| !stays(cleanup));
    told
}

fn named(provisioner: &PlannedProvisioner) -> String {
    let PlannedProvisioner {
        kind,
        number,
        place,
        ..
    } = provisioner;
    match number {
        0 => format!("the error-cleanup-provisioner (`{kind}`) at {place}"),
        _ => format!("provisioner {number} (`{kind}`) at {place}"),
    }
}

fn why_not(settings: &ProvisionerSettings, rehearsal: &Rehearsal) -> Option<&'static str> {
    let here = rehearsal.terms.local_commands == LocalCommands::List;
    match settings {
        ProvisionerSettings::ShellLocal(_) if here => Some(rehearsal.why_not_here()),
        ProvisionerSettings::Ansible(_) if here => Some(rehearsal.why_not_here()),
        ProvisionerSettings::Ansible(settings) if is_direct(&settings.route) => {
            Some("it connects to the machine's own address, and there is none")
        }
        // Its formulas are fetched by git on this machine.
        ProvisionerSettings::Salt(settings) if here && !settings.formulas.is_empty() => {
            Some(rehearsal.why_not_here())
        }
        ProvisionerSettings::PowerShell(_)
        | ProvisionerSettings::WindowsShell(_)
        | ProvisionerSettings::WindowsRestart(_) => Some("it needs Windows"),
        _ => None,
    }
}

fn is_direct(route: &AnsibleRoute) -> bool {
    matches!(route, AnsibleRoute::Direct)
}

fn needs_machine(settings: &ProvisionerSettings) -> bool {
    match settings {
        ProvisionerSettings::ShellLocal(_)
        | ProvisionerSettings::Sleep(_)
        | ProvisionerSettings::Breakpoint(_) => false,
        ProvisionerSettings::Shell(_)
        | ProvisionerSettings::PowerShell(_)
        | ProvisionerSettings::WindowsShell(_)
        | ProvisionerSettings::WindowsRestart(_)
        | ProvisionerSettings::File(_)
        | ProvisionerSettings::Ansible(_)
        | ProvisionerSettings::AnsibleLocal(_)
        | ProvisionerSettings::Puppet(_)
        | ProvisionerSettings::Chef(_)
        | ProvisionerSettings::Salt(_)
        | ProvisionerSettings::Goss(_)
        | ProvisionerSettings::Unsupported { .. } => true,
    }
}
