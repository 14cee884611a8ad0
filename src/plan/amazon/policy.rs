//! What a builder asks for against what the policy allows.

use super::settings::EbsSettings;
use crate::facts::Facts;
use crate::policy::{Pattern, Policy, listed};
use crate::template::document::Node;
use crate::template::problem::Problems;

/// Reports everything that the policy forbids, where the template asks for it.
pub(in crate::plan) fn check(
    settings: &EbsSettings,
    config: &Node,
    facts: &Facts,
    problems: &Problems,
) {
    let Some(policy) = &facts.policy else {
        return;
    };
    let check = Check {
        policy,
        config,
        problems,
    };
    check.regions(settings, facts);
    check.machine(settings);
    check.profiles(settings);
    check.shares(settings);
    check.volumes(settings);
}

struct Check<'a> {
    policy: &'a Policy,
    config: &'a Node,
    problems: &'a Problems,
}

impl Check<'_> {
    fn regions(&self, settings: &EbsSettings, facts: &Facts) {
        let Some(allowed) = &self.policy.regions else {
            return;
        };
        let of_environment = ["AWS_REGION", "AWS_DEFAULT_REGION"]
            .iter()
            .filter_map(|name| facts.environment.get(*name))
            .map(|region| region.trim())
            .find(|region| !region.is_empty());
        let named = settings.access.region.as_ref();
        match named.map(|region| region.as_str()).or(of_environment) {
            Some(region) => self.listed("region", region, ("regions", allowed)),
            None => self.forbid(
                "region",
                "no `region` is named, so nobody can tell whether the policy allows it".to_owned(),
                &format!("`regions` has {}", listed(allowed)),
            ),
        }
        for region in &settings.image.regions {
            self.listed("ami_regions", region.as_str(), ("regions", allowed));
        }
    }

    fn machine(&self, settings: &EbsSettings) {
        let Some(allowed) = &self.policy.instance_types else {
            return;
        };
        let rule = ("instance-types", allowed.as_slice());
        let spot = settings.launch.spot.as_ref();
        for kind in spot.map_or(&[][..], |spot| &spot.instance_types) {
            self.listed("spot_instance_types", kind, rule);
        }
        if !settings.launch.instance_type.is_empty() {
            self.listed("instance_type", &settings.launch.instance_type, rule);
        }
    }

    fn profiles(&self, settings: &EbsSettings) {
        let launch = &settings.launch;
        if let (Some(allowed), Some(profile)) =
            (&self.policy.instance_profiles, &launch.iam_instance_profile)
        {
            self.listed(
                "iam_instance_profile",
                profile,
                ("instance-profiles", allowed),
            );
        }
        if self.policy.temporary_instance_profiles == Some(false)
            && launch.temporary_profile.is_some()
        {
            self.forbid(
                "temporary_iam_instance_profile_policy_document",
                "the policy allows no instance profile that is made for a build".to_owned(),
                "`temporary-instance-profiles` is `false`",
            );
        }
    }

    fn shares(&self, settings: &EbsSettings) {
        let image = &settings.image;
        if let Some(allowed) = &self.policy.share_with {
            for (key, names) in [
                ("ami_users", &image.users),
                ("snapshot_users", &image.snapshot_users),
                ("ami_org_arns", &image.organizations),
                ("ami_ou_arns", &image.organizational_units),
            ] {
                for name in names {
                    self.listed(key, name, ("share-with", allowed));
                }
            }
        }
        if self.policy.public != Some(false) {
            return;
        }
        for (key, groups) in [
            ("ami_groups", &image.groups),
            ("snapshot_groups", &image.snapshot_groups),
        ] {
            if !groups.is_empty() {
                let message = format!("`{key}` makes it public, which the policy does not allow");
                self.forbid(key, message, "`public` is `false`");
            }
        }
    }

    fn volumes(&self, settings: &EbsSettings) {
        let Some(most) = self.policy.max_volume_gib else {
            return;
        };
        for (key, devices) in [
            (
                "launch_block_device_mappings",
                &settings.launch.block_devices,
            ),
            ("ami_block_device_mappings", &settings.image.block_devices),
        ] {
            for device in devices {
                let size = device.ebs.as_ref().and_then(|ebs| ebs.volume_size);
                if let Some(size) = size.filter(|size| *size > most) {
                    let message = format!(
                        "`{}` has {size} GiB, which is more than the policy allows",
                        device.device_name
                    );
                    self.forbid(key, message, &format!("`max-volume-gib` is {most}"));
                }
            }
        }
    }

    fn listed(&self, key: &str, value: &str, (rule, allowed): (&str, &[Pattern])) {
        if !allowed.iter().any(|pattern| pattern.matches(value)) {
            let message = format!("`{key}` is `{value}`, which the policy does not allow");
            self.forbid(key, message, &format!("`{rule}` has {}", listed(allowed)));
        }
    }

    fn forbid(&self, key: &str, message: String, rule: &str) {
        let members = self.config.members().iter();
        let named = members.filter(|member| member.key.eq_ignore_ascii_case(key));
        let span = named.map(|member| member.value.span).next();
        self.problems.report_with_hint(
            span.unwrap_or(self.config.span),
            message,
            format!(
                "{rule} in {}; ask for what it allows, or change the policy on the base branch first",
                self.policy.source
            ),
        );
    }
}
