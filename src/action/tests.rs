//! `action.yml` and the code name the same things.

use crate::report::outputs;

use super::inputs;

const MANIFEST: &str = include_str!("../../action.yml");

/// The keys two spaces deep below `section`, with the text of each.
fn entries(section: &str) -> Vec<(String, String)> {
    let mut entries: Vec<(String, String)> = Vec::new();
    let lines = MANIFEST
        .lines()
        .skip_while(|line| *line != format!("{section}:"))
        .skip(1);
    for line in lines.take_while(|line| line.is_empty() || line.starts_with(' ')) {
        match line
            .strip_prefix("  ")
            .filter(|line| !line.starts_with(' '))
            .and_then(|line| line.strip_suffix(':'))
        {
            Some(key) => entries.push((key.to_owned(), String::new())),
            None => {
                if let Some((_, text)) = entries.last_mut() {
                    text.push_str(line.trim());
                    text.push('\n');
                }
            }
        }
    }
    entries
}

fn names(section: &str) -> Vec<String> {
    entries(section).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn the_manifest_lists_every_input_in_order() {
    assert_eq!(names("inputs"), inputs::NAMES);
}

#[test]
fn the_manifest_lists_every_output_in_order() {
    assert_eq!(names("outputs"), outputs::NAMES);
}

#[test]
fn every_input_and_output_is_described_in_sentences() {
    for (name, text) in entries("inputs").into_iter().chain(entries("outputs")) {
        let description = text.split("required:").next().unwrap_or_default();
        assert!(
            description.starts_with("description:") && description.trim_end().ends_with('.'),
            "{name}: {text}"
        );
    }
}

#[test]
fn a_default_is_what_an_empty_input_means() {
    let default = |name: &str| {
        let (_, text) = entries("inputs")
            .into_iter()
            .find(|(found, _)| found == name)
            .unwrap();
        text.lines()
            .find_map(|line| line.strip_prefix("default: "))
            .map(str::to_owned)
    };
    for (name, expected) in [
        ("command", "build"),
        ("force", "\"false\""),
        ("on-error", "cleanup"),
        ("comment", "auto"),
    ] {
        assert_eq!(default(name).as_deref(), Some(expected));
    }
    assert_eq!(default("template"), None);
}

#[test]
fn the_release_finds_the_line_that_it_replaces() {
    assert_eq!(
        MANIFEST
            .lines()
            .filter(|line| *line == "  image: Dockerfile")
            .count(),
        1
    );
}

#[test]
fn the_image_is_compiled_by_the_toolchain_of_the_package() {
    let version = include_str!("../../Cargo.toml")
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .unwrap();
    let base = format!("rust:{}-alpine", version.trim_matches('"'));
    assert!(include_str!("../../Dockerfile").contains(&base), "{base}");
}
