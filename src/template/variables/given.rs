//! Values from outside the template, by where they come from.

use std::collections::BTreeMap;

/// The prefix of environment variables that give a template's variables their values.
///
/// Packer reads them for HCL templates only. They let secrets reach a JSON template without touching it.
pub(crate) const ENVIRONMENT_PREFIX: &str = "PKR_VAR_";

/// What the user gave. Stronger sources hide weaker ones: the environment, then variable files in their order, then `-var`.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenVariables {
    /// Each variable file's values, in the order in which they were named.
    pub(crate) files: Vec<BTreeMap<String, String>>,
    /// `-var`, in order; the last one of a name holds.
    pub(crate) flags: Vec<(String, String)>,
}

impl GivenVariables {
    /// The values that hold. Of the environment only what the template declares is taken, since it is not the template's alone.
    pub(crate) fn merged<'a>(
        &self,
        declared: impl Iterator<Item = &'a str>,
        environment: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let mut merged = BTreeMap::new();
        for name in declared {
            if let Some(value) = environment.get(&format!("{ENVIRONMENT_PREFIX}{name}")) {
                merged.insert(name.to_owned(), value.clone());
            }
        }
        for file in &self.files {
            merged.extend(file.clone());
        }
        merged.extend(self.flags.iter().cloned());
        merged
    }
}
