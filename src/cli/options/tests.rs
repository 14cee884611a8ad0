use super::super::fix_options::{Checking, fix};
use super::*;

fn words(line: &[&str]) -> Vec<String> {
    line.iter().map(|&word| word.to_owned()).collect()
}

#[test]
fn a_variable_is_split_at_the_first_equals_sign() {
    let options = build(&words(&["-var", "a=x=y", "-var", "=z", "t.json"])).unwrap();
    assert_eq!(
        options.template.variables,
        [
            ("a".to_owned(), "x=y".to_owned()),
            (String::new(), "z".to_owned())
        ]
    );
}

#[test]
fn a_variable_without_a_value_is_refused() {
    assert!(build(&words(&["-var", "a", "t.json"])).is_err());
}

#[test]
fn only_is_split_at_commas_adds_up_and_keeps_blanks() {
    let options = build(&words(&["-only=one, two", "-only", "three", "t.json"])).unwrap();
    assert_eq!(options.template.only, ["one", " two", "three"]);
}

#[test]
fn no_parallel_limit_is_zero_or_less() {
    assert_eq!(
        build(&words(&["-parallel-builds=0", "t.json"]))
            .unwrap()
            .parallel,
        None
    );
    assert_eq!(
        build(&words(&["-parallel-builds=2", "t.json"]))
            .unwrap()
            .parallel,
        Some(2)
    );
    assert!(build(&words(&["-parallel-builds=x", "t.json"])).is_err());
}

#[test]
fn templates_are_json() {
    assert!(build(&words(&["-config-type=json", "t.json"])).is_ok());
    for kind in ["hcl2", "yaml"] {
        assert!(build(&words(&["-config-type", kind, "t.json"])).is_err());
    }
}

#[test]
fn fix_takes_what_the_other_commands_take() {
    let line = [
        "-var",
        "a=b",
        "-only=x",
        "-validate=false",
        "-except",
        "y",
        "t.json",
    ];
    let options = fix(&words(&line)).unwrap();
    assert_eq!(
        (options.template.as_str(), options.checking),
        ("t.json", Checking::Off)
    );
}

#[test]
fn an_unknown_way_to_handle_errors_is_refused() {
    assert!(build(&words(&["-on-error=explode", "t.json"])).is_err());
}

#[test]
fn the_template_is_exactly_one_argument() {
    assert_eq!(build(&words(&[])), Err(FlagError::NotOneTemplate));
    assert_eq!(
        build(&words(&["a.json", "-var", "a=b"])),
        Err(FlagError::NotOneTemplate)
    );
}

#[test]
fn inspect_needs_no_template() {
    assert_eq!(inspect(&words(&[])).unwrap().template, "");
}
