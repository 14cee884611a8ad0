//! What `CreateFleet` answered: an instance, or why there is none. Pure.

use std::collections::BTreeMap;

use aws_sdk_ec2::operation::create_fleet::CreateFleetOutput;
use aws_sdk_ec2::types::CreateFleetError;

use super::InstanceId;
use super::classify::refusal;
use super::error::Refusal;

/// The instance, where the fleet made one. Errors beside it are about types or zones that were not chosen.
pub(crate) fn instance(output: &CreateFleetOutput) -> Option<InstanceId> {
    output
        .instances()
        .iter()
        .flat_map(|made| made.instance_ids())
        .map(InstanceId::new)
        .next()
}

/// Code and words for a fleet that made nothing; `None` where EC2 gives no reason. A lack of capacity comes first, since it
/// may pass; each reason is told once, with the types and places that it holds for.
pub(crate) fn reasons(errors: &[CreateFleetError]) -> Option<(String, String)> {
    let mut places: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for error in errors {
        let told = (
            error.error_code().unwrap_or("Unknown"),
            error.error_message().unwrap_or_default(),
        );
        let (place, known) = (place(error), places.entry(told).or_default());
        if !place.is_empty() && !known.contains(&place) {
            known.push(place);
        }
    }
    let codes = || places.keys().map(|(code, _)| *code);
    let passing = codes().find(|code| refusal(code, CLIENT_FAULT) == Refusal::Capacity);
    let code = passing.or_else(|| codes().next())?.to_owned();
    let several = codes().any(|other| other != code);
    let text = places.iter().map(|((code, message), places)| {
        let code = if several {
            format!("{code}: ")
        } else {
            String::new()
        };
        let message = message.trim_end_matches('.');
        match places.join(", ") {
            places if places.is_empty() => format!("{code}{message}"),
            places => format!("{code}{message} ({places})"),
        }
    });
    let text = text.collect::<Vec<_>>().join("; ");
    Some((code, text))
}

/// Errors of a fleet come without a status of their own.
pub(crate) const CLIENT_FAULT: u16 = 400;

/// `t3.micro in us-east-1a`, with what there is of the two.
fn place(error: &CreateFleetError) -> String {
    let overrides = error
        .launch_template_and_overrides()
        .and_then(|one| one.overrides());
    let kind = overrides.and_then(|one| one.instance_type());
    let zone = overrides.and_then(|one| one.availability_zone().or(one.subnet_id()));
    match (kind, zone) {
        (Some(kind), Some(zone)) => format!("{} in {zone}", kind.as_str()),
        (Some(kind), None) => kind.as_str().to_owned(),
        (None, Some(zone)) => zone.to_owned(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{FleetLaunchTemplateOverrides, LaunchTemplateAndOverridesResponse};

    use super::*;

    fn error(code: &str, message: &str, kind: &str, zone: &str) -> CreateFleetError {
        let overrides = FleetLaunchTemplateOverrides::builder()
            .instance_type(kind.into())
            .availability_zone(zone)
            .build();
        CreateFleetError::builder()
            .error_code(code)
            .error_message(message)
            .launch_template_and_overrides(
                LaunchTemplateAndOverridesResponse::builder()
                    .overrides(overrides)
                    .build(),
            )
            .build()
    }

    #[test]
    fn a_reason_is_told_once_with_all_its_places() {
        let lack = |zone| {
            error(
                "InsufficientInstanceCapacity",
                "There is none.",
                "t3.micro",
                zone,
            )
        };
        let (code, text) =
            reasons(&[lack("us-east-1a"), lack("us-east-1b"), lack("us-east-1a")]).unwrap();
        assert_eq!(code, "InsufficientInstanceCapacity");
        assert_eq!(
            text,
            "There is none (t3.micro in us-east-1a, t3.micro in us-east-1b)"
        );
    }

    #[test]
    fn a_lack_that_may_pass_gives_the_code_whatever_else_there_is() {
        let (code, text) = reasons(&[
            error("BidTooLow", "Too low.", "m5.large", "us-east-1a"),
            error(
                "InsufficientInstanceCapacity",
                "None.",
                "m6i.large",
                "us-east-1a",
            ),
        ])
        .unwrap();
        assert_eq!(code, "InsufficientInstanceCapacity");
        assert_eq!(
            text,
            "BidTooLow: Too low (m5.large in us-east-1a); InsufficientInstanceCapacity: None (m6i.large in us-east-1a)"
        );
    }

    #[test]
    fn a_fleet_without_reasons_has_none() {
        assert_eq!(reasons(&[]), None);
    }
}
