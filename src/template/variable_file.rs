//! Variable files: one JSON object of strings.
//!
//! Packer decodes them apart from templates: a repeated key is no error (the last one holds), `null` is an empty string, and what
//! follows the object is never read.

use std::collections::BTreeMap;

use super::document::{Json, Node, place_in};
use super::json;
use super::problem::Problem;
use super::source::{Source, Span};

/// Reads a variable file.
pub(crate) fn parse_variable_file(source: &Source) -> Result<BTreeMap<String, String>, Problem> {
    let root = json::parse_prefix(&source.text).map_err(|error| {
        let fault = match error.is_early_end {
            true if source.text.trim().is_empty() => "EOF".to_owned(),
            true => "unexpected EOF".to_owned(),
            false => error.to_string(),
        };
        let span = Span {
            start: error.offset.saturating_sub(1),
            end: error.offset,
        };
        let problem = unreadable(source, span, &fault);
        if is_hcl(source) {
            problem
                .with_hint("Packer reads HCL variables for HCL templates only; write a JSON object")
        } else {
            problem
        }
    })?;
    if !matches!(root.value, Json::Object(_) | Json::Null) {
        return Err(unreadable(
            source,
            root.span,
            &format!("{} into Go value of type kvflag.FlagJSON", cannot(&root)),
        ));
    }
    let mut variables = BTreeMap::new();
    for member in root.members() {
        let value = match &member.value.value {
            Json::String(text) => text.clone(),
            Json::Null => String::new(),
            _ => {
                let fault = format!("{} into Go value of type string", cannot(&member.value));
                let hint = format!("`{}` is always a string: write it in quotes", member.key);
                return Err(unreadable(source, member.value.span, &fault).with_hint(hint));
            }
        };
        variables.insert(member.key.clone(), value);
    }
    Ok(variables)
}

fn unreadable(source: &Source, span: Span, fault: &str) -> Problem {
    Problem::at(
        place_in(source, span),
        format!("Error reading variables in '{}': {fault}", source.name),
    )
}

fn cannot(node: &Node) -> String {
    let got = match node.value {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    format!("json: cannot unmarshal {got}")
}

fn is_hcl(source: &Source) -> bool {
    source.name.to_ascii_lowercase().ends_with(".hcl")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
        parse_variable_file(&Source::new("v.json", text)).map_err(|problem| problem.message)
    }

    #[test]
    fn the_last_of_two_keys_holds_null_is_empty_and_what_follows_is_not_read() {
        let variables = parse(r#"{"a": "1", "a": "2", "b": null} trailing"#).unwrap();
        assert_eq!(
            (variables["a"].as_str(), variables["b"].as_str()),
            ("2", "")
        );
        assert_eq!(parse("null").unwrap().len(), 0);
    }

    #[test]
    fn everything_but_strings_is_refused_in_go_s_words() {
        let cases = [
            (
                r#"{"a": true}"#,
                "json: cannot unmarshal bool into Go value of type string",
            ),
            (
                r#"{"a": 1}"#,
                "json: cannot unmarshal number into Go value of type string",
            ),
            (
                r#"{"a": []}"#,
                "json: cannot unmarshal array into Go value of type string",
            ),
            (
                "[]",
                "json: cannot unmarshal array into Go value of type kvflag.FlagJSON",
            ),
            (
                "a = 1",
                "invalid character 'a' looking for beginning of value",
            ),
            ("{\"a\":", "unexpected EOF"),
            (" ", "EOF"),
        ];
        for (text, fault) in cases {
            assert_eq!(
                parse(text),
                Err(format!("Error reading variables in 'v.json': {fault}")),
                "{text}"
            );
        }
    }
}
