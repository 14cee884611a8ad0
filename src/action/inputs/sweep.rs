//! The inputs of `sweep`.

use super::{Environment, InputError, boolean, names, text};
use crate::cli::sweep_options::{self, Earnest, Printed, SweepOptions};

/// Reads them.
pub(super) fn sweep(environment: &Environment) -> Result<SweepOptions, InputError> {
    let wrong = |name, value: &str, takes| InputError::Value {
        name,
        value: value.to_owned(),
        takes,
    };
    let regions = sweep_options::regions(&names(environment, "regions"))
        .map_err(|region| wrong("regions", &region, "names of regions, or `all` alone"))?;
    let age = text(environment, "older-than").map(|text| {
        let takes = "a duration such as `6h` or `90m`";
        sweep_options::age(text).map_err(|_| wrong("older-than", text, takes))
    });
    Ok(SweepOptions {
        regions,
        older_than: age.transpose()?,
        owner: text(environment, "owner").map(str::to_owned),
        earnest: if boolean(environment, "dry-run")? {
            Earnest::PlanOnly
        } else {
            Earnest::Remove
        },
        printed: Printed::Table,
    })
}
