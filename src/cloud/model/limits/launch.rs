//! What a machine is launched with.

use super::super::instance_types::{self, Known};
use super::super::place::{Outcome, Refused};
use crate::cloud::Region;
use crate::cloud::image::Image;
use crate::cloud::instance::RunInstance;

/// Bytes, before they are encoded: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html>.
const LONGEST_USER_DATA: usize = 16 * 1024;
const TENANCIES: [&str; 3] = ["default", "dedicated", "host"];

/// A machine of this image, there.
pub(in super::super) fn check(
    region: &Region,
    image: &Image,
    request: &RunInstance,
) -> Outcome<()> {
    // A spot instance may have several types, of which its fleet tells.
    if !request.instance_type.is_empty() {
        instance_type(&request.instance_type, image)?;
    }
    user_data(request)?;
    if let Some(zone) = request.availability_zone.as_deref()
        && !zone.starts_with(region.as_str())
    {
        return invalid(format!("Invalid availability zone: [{zone}]"));
    }
    match request.terms.tenancy.as_deref() {
        Some(tenancy) if !tenancy.is_empty() && !TENANCIES.contains(&tenancy) => {
            invalid(format!("Invalid value '{tenancy}' for tenancy"))
        }
        _ => Ok(()),
    }
}

/// The most that a spot instance may cost an hour, in dollars.
pub(in super::super) fn check_price(price: Option<&str>) -> Outcome<()> {
    /// EC2 takes none below: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotMarketOptions.html>.
    const LEAST: f64 = 0.001;
    let Some(text) = price else { return Ok(()) };
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    match text.parse::<f64>() {
        Ok(price) if is_plain && price > LEAST => Ok(()),
        _ => invalid(format!(
            "Invalid value '{text}' for maxPrice: it must be a decimal greater than {LEAST}"
        )),
    }
}

fn instance_type(name: &str, image: &Image) -> Outcome<()> {
    if !instance_types::is_a_name(name) {
        return invalid(format!("Invalid value '{name}' for InstanceType."));
    }
    let Some(known) = instance_types::known(name) else {
        return Ok(());
    };
    let architecture = image.architecture.as_str();
    if !known.architectures.contains(&architecture) {
        let own = known.architectures.join(",");
        return invalid(format!(
            "The architecture '{own}' of the specified instance type does not match the architecture '{architecture}' of the \
             specified AMI. Specify an instance type and an AMI that have matching architectures, and try again."
        ));
    }
    combination(name, &known, image)
}

fn combination(name: &str, known: &Known, image: &Image) -> Outcome<()> {
    let refused = |why: String| Err(Refused::new("InvalidParameterCombination", why));
    let virtualization = image.virtualization_type.as_str();
    if !known.virtualizations.contains(&virtualization) {
        let own = known.virtualizations.join(",");
        return refused(format!(
            "Virtualization type '{own}' is required for instances of type '{name}'. Ensure that you are using an AMI with \
             virtualization type '{own}'."
        ));
    }
    if known.needs_ena && !image.traits.ena_support {
        return refused(format!(
            "Enhanced networking with the Elastic Network Adapter (ENA) is required for the '{name}' instance type. Ensure \
             that you are using an AMI that is enabled for ENA."
        ));
    }
    let boot_mode = image.traits.boot_mode.as_deref().unwrap_or_default();
    if !known.has_uefi && boot_mode == "uefi" {
        return refused(format!(
            "The instance type '{name}' does not support the boot mode 'uefi' of the specified AMI."
        ));
    }
    if !known.has_uefi && image.traits.tpm_support.is_some() {
        return refused(format!(
            "The instance type '{name}' does not support NitroTPM, which the specified AMI requires."
        ));
    }
    Ok(())
}

fn user_data(request: &RunInstance) -> Outcome<()> {
    let Some(data) = &request.user_data else {
        return Ok(());
    };
    let encoded = data.expose().trim_end_matches('=');
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/".contains(&byte);
    if !encoded.bytes().all(is_base64) {
        return Err(Refused::new(
            "InvalidUserData.Malformed",
            "Invalid BASE64 encoding of user data.",
        ));
    }
    // Four characters stand for three bytes.
    if encoded.len() * 3 / 4 > LONGEST_USER_DATA {
        return invalid(format!("User data is limited to {LONGEST_USER_DATA} bytes"));
    }
    Ok(())
}

fn invalid(why: String) -> Outcome<()> {
    Err(Refused::new("InvalidParameterValue", why))
}

#[cfg(test)]
mod tests;
