//! Paths that a build writes to, turned so that none leads out of the scratch directory.

use std::path::{Component, Path, PathBuf};

use super::scratch::Outputs;
use crate::plan::post::PostProcessorSettings;
use crate::plan::provision::{Direction, FileSource, ProvisionerSettings};
use crate::plan::{Builder, PlannedBuild};

/// Turns all of them, and notes them in `outputs`. What is read from outside is noted there too.
pub(super) fn confine(build: &mut PlannedBuild, outputs: &mut Outputs) {
    if let Builder::File(settings) = &mut build.builder {
        let target = inside(&settings.target.to_string_lossy());
        outputs.written(&target);
        settings.target = target.into();
    }
    let provisioners = build.provisioners.iter_mut();
    for provisioner in provisioners.chain(&mut build.cleanup_provisioner) {
        if let ProvisionerSettings::File(settings) = &mut provisioner.settings
            && settings.direction == Direction::Download
        {
            settings.destination = inside(&settings.destination);
            match &settings.source {
                FileSource::Paths(sources) => {
                    for source in sources {
                        outputs.downloaded(&settings.destination, source);
                    }
                }
                FileSource::Content(_) => outputs.written(&settings.destination),
            }
        }
    }
    for element in build.post_processors.iter_mut().flatten() {
        match &mut element.settings {
            PostProcessorSettings::Manifest(settings) => written(&mut settings.output, outputs),
            PostProcessorSettings::Checksum(settings) => written(&mut settings.output, outputs),
            PostProcessorSettings::Compress(settings) => written(&mut settings.output, outputs),
            PostProcessorSettings::Artifice(settings) => {
                for pattern in &mut settings.files {
                    let turned = inside(pattern);
                    outputs.collected(pattern, &turned);
                    *pattern = turned;
                }
            }
            PostProcessorSettings::ShellLocal(_) | PostProcessorSettings::Unsupported { .. } => {}
        }
    }
}

fn written(output: &mut String, outputs: &mut Outputs) {
    *output = inside(output);
    outputs.written(output);
}

/// The path below the scratch directory: without a root, and without a step up that leads out. What is rendered later stays
/// as it is.
fn inside(path: &str) -> String {
    // A slash between braces is one of a template's function, and parts no directories.
    let (fixed, rest) = match path.find("{{") {
        Some(braces) => path.split_at(path[..braces].rfind('/').map_or(0, |slash| slash + 1)),
        None => (path, ""),
    };
    let mut turned = PathBuf::new();
    for component in Path::new(fixed).components() {
        match component {
            Component::Normal(name) => turned.push(name),
            Component::ParentDir => _ = turned.pop(),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    let mut turned = turned.to_string_lossy();
    if turned.is_empty() && rest.is_empty() && !fixed.is_empty() {
        turned = ".".into();
    }
    let ends = fixed.ends_with('/') && !turned.is_empty();
    format!("{turned}{}{rest}", if ends { "/" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out() {
        assert_eq!(inside("/etc/passwd"), "etc/passwd");
        assert_eq!(inside("../../x/../y.json"), "y.json");
        assert_eq!(inside("./out/"), "out/");
        assert_eq!(inside("./"), "./");
        assert_eq!(inside("/"), "./");
        assert_eq!(inside(".."), ".");
    }

    #[test]
    fn what_is_rendered_later_is_left_alone() {
        assert_eq!(
            inside("../out/{{isotime `2006/01`}}.json"),
            "out/{{isotime `2006/01`}}.json"
        );
        assert_eq!(inside("{{.BuildName}}"), "{{.BuildName}}");
    }
}
