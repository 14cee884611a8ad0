//! The variables of a script: Packer's own, then the template's, quoted and put into one text.

use std::collections::BTreeMap;

use crate::template::scope::RenderError;

use super::{ProvisionContext, ProvisionError};

/// The variables, which sort by name.
pub(super) fn variables(
    cx: &ProvisionContext,
    pairs: &[(String, String)],
    env: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut all = BTreeMap::from([
        ("PACKER_BUILD_NAME".to_owned(), cx.build_name.clone()),
        ("PACKER_BUILDER_TYPE".to_owned(), cx.builder_kind.clone()),
    ]);
    for (key, value) in pairs.iter().map(|(key, value)| (key, value)).chain(env) {
        all.insert(key.clone(), quote(value));
    }
    all
}

/// The variables of a script for Windows: rendered with the builder's data, then quoted by `quote`.
pub(super) fn variables_rendered(
    cx: &ProvisionContext,
    (pairs, env): (&[(String, String)], &BTreeMap<String, String>),
    quote: impl Fn(&str) -> String,
) -> Result<BTreeMap<String, String>, ProvisionError> {
    let own = [
        ("PACKER_BUILD_NAME", &cx.build_name),
        ("PACKER_BUILDER_TYPE", &cx.builder_kind),
    ];
    let own = own.map(|(key, value)| (key.to_owned(), quote(value)));
    let mut all = BTreeMap::from(own);
    for (key, value) in pairs.iter().map(|(key, value)| (key, value)).chain(env) {
        let render = |text: &str| {
            cx.render(text).map_err(|cause| ProvisionError::Render {
                what: "environment_vars",
                cause,
            })
        };
        all.insert(render(key)?, quote(&render(value)?));
    }
    Ok(all)
}

/// Every variable by Go's printf `format`, one after the other.
pub(super) fn flatten(
    cx: &ProvisionContext,
    variables: &BTreeMap<String, String>,
    format: &str,
) -> Result<String, Box<RenderError>> {
    let mut text = String::new();
    for (key, value) in variables {
        // Once only: what comes out is the user's value and no template.
        let data = [("Format", format), ("Key", key), ("Value", value)];
        text += &cx.render_once("{{printf .Format .Key .Value}}", &data)?;
    }
    Ok(text)
}

/// For a shell's single quotes, which the usual format puts around the value.
fn quote(value: &str) -> String {
    value.replace('\'', r#"'"'"'"#)
}
