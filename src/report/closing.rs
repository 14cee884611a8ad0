//! The end of a run, as Packer prints it: how long, which builds failed, which artifacts came out.

use std::time::Duration;

use super::console::Console;
use super::human;

/// An artifact as people and machines read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ArtifactText {
    /// Such as `mitchellh.amazonebs`.
    pub(crate) builder_id: String,
    /// Such as `eu-west-1:ami-…`.
    pub(crate) id: String,
    /// For people; several lines.
    pub(crate) text: String,
    /// Local files.
    pub(crate) files: Vec<String>,
}

/// How one build ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    /// The build's name.
    pub(crate) name: String,
    /// Its artifacts, kept ones in Packer's order.
    pub(crate) artifacts: Vec<ArtifactText>,
    /// What went wrong, where something did.
    pub(crate) error: Option<String>,
}

/// Prints `Wait completed after …`.
pub(crate) fn print_wait(console: &Console, elapsed: Duration) {
    console.say(&format!(
        "\n==> Wait completed after {}",
        human::duration(elapsed)
    ));
}

/// Prints the lists of errors and artifacts.
pub(crate) fn print_lists(console: &Console, ended: &[Ended]) {
    print_errors(console, ended);
    // Packer does not list what a failed build made, although it may still be there.
    let listed = |build: &&Ended| build.error.is_none() && !build.artifacts.is_empty();
    if !ended.iter().any(|build| listed(&build)) {
        console.say("\n==> Builds finished but no artifacts were created.");
        return;
    }
    console.say("\n==> Builds finished. The artifacts of successful builds are:");
    for build in ended.iter().filter(listed) {
        print_artifacts(console, build);
    }
}

/// Prints the list of errors alone.
pub(crate) fn print_errors(console: &Console, ended: &[Ended]) {
    let failed: Vec<(&str, &str)> = ended
        .iter()
        .filter_map(|build| Some((build.name.as_str(), build.error.as_deref()?)))
        .collect();
    if failed.is_empty() {
        return;
    }
    console.event("", "error-count", &[&failed.len().to_string()]);
    console.error("\n==> Some builds didn't complete successfully and had errors:");
    for (name, error) in failed {
        console.event(name, "error", &[error]);
        console.error(&format!("--> {name}: {error}"));
    }
}

fn print_artifacts(console: &Console, build: &Ended) {
    let event = |kind: &str, arguments: &[&str]| console.event(&build.name, kind, arguments);
    event("artifact-count", &[&build.artifacts.len().to_string()]);
    for (index, artifact) in build.artifacts.iter().enumerate() {
        let index = index.to_string();
        event("artifact", &[&index, "builder-id", &artifact.builder_id]);
        event("artifact", &[&index, "id", &artifact.id]);
        event("artifact", &[&index, "string", &artifact.text]);
        event(
            "artifact",
            &[&index, "files-count", &artifact.files.len().to_string()],
        );
        for (number, file) in artifact.files.iter().enumerate() {
            event("artifact", &[&index, "file", &number.to_string(), file]);
        }
        event("artifact", &[&index, "end"]);
        console.say(&format!("--> {}: {}", build.name, artifact.text));
    }
}

#[cfg(test)]
mod tests {
    use super::super::console::tests::console;
    use super::super::console::{Form, Reader};
    use super::*;

    fn image() -> Ended {
        let artifact = ArtifactText {
            builder_id: "mitchellh.amazonebs".to_owned(),
            id: "us-east-1:ami-1,eu-west-1:ami-2".to_owned(),
            text: "AMIs were created:\nus-east-1: ami-1\n".to_owned(),
            files: Vec::new(),
        };
        Ended {
            name: "web".to_owned(),
            artifacts: vec![artifact],
            error: None,
        }
    }

    #[test]
    fn a_script_finds_the_image_as_it_does_with_packer() {
        let (console, captured) = console(Form::Machine, Reader::Plain);
        print_lists(&console, &[image()]);
        let text = captured.text();
        let id = text
            .lines()
            .find(|line| line.contains("artifact,0,id"))
            .unwrap();
        assert_eq!(
            id.split(',').next_back(),
            Some("us-east-1:ami-1%!(PACKER_COMMA)eu-west-1:ami-2")
        );
    }

    #[test]
    fn failed_builds_are_listed_before_the_artifacts_of_the_others() {
        let (console, captured) = console(Form::Human, Reader::Plain);
        let failed = Ended {
            name: "bad".to_owned(),
            artifacts: Vec::new(),
            error: Some("no capacity".to_owned()),
        };
        print_lists(&console, &[image(), failed]);
        let text = captured.text();
        assert!(
            text.find("--> bad: no capacity").unwrap()
                < text.find("--> web: AMIs were created:").unwrap(),
            "{text}"
        );
    }

    #[test]
    fn a_run_without_artifacts_says_so() {
        let (console, captured) = console(Form::Human, Reader::Plain);
        print_lists(&console, &[]);
        assert_eq!(
            captured.text(),
            "\n==> Builds finished but no artifacts were created.\n"
        );
    }
}
