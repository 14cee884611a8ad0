//! Which functions a template names, and where its errors lie.

use super::super::{Functions, Position, Template, TemplateError, Value, parse};
use super::Sample;

fn template(text: &str) -> Template {
    parse(text, &Sample).expect(text)
}

/// Names and literal arguments of the uses, a `?` for each other argument.
fn uses(text: &str) -> Vec<String> {
    let show = |argument: &Option<String>| argument.clone().unwrap_or_else(|| "?".to_owned());
    template(text)
        .calls()
        .map(|used| {
            format!(
                "{}({})",
                used.name,
                used.arguments
                    .iter()
                    .map(show)
                    .collect::<Vec<_>>()
                    .join(",")
            )
        })
        .collect()
}

#[test]
fn every_use_is_found_with_its_literal_arguments() {
    assert_eq!(uses("plain"), [""; 0]);
    assert_eq!(uses("{{user `a`}}{{user \"b\"}}"), ["user(a)", "user(b)"]);
    assert_eq!(uses("{{`a` | user | upper}}"), ["user(a)", "upper(?)"]);
    assert_eq!(uses("{{upper (user (`a`))}}"), ["user(a)", "upper(?)"]);
    assert_eq!(
        uses("{{replace `a` .x 1 (isotime)}}"),
        ["isotime()", "replace(a,?,?,?)"]
    );
    assert_eq!(
        uses("{{print fail (user.x)}}"),
        ["user()", "print(?,?)", "fail()"]
    );
}

#[test]
fn uses_in_branches_not_taken_and_in_definitions_count() {
    let text = "{{if false}}{{user `a`}}{{else}}{{with user `b`}}{{end}}{{end}}\
                {{define `t`}}{{user `c`}}{{end}}{{/* {{user `d`}} */}}{{$x := user `e`}}{{range user `f`}}{{end}}";
    assert_eq!(
        uses(text),
        ["user(a)", "user(b)", "user(c)", "user(e)", "user(f)"]
    );
}

#[test]
fn a_use_knows_its_place() {
    let parsed = template("ab{{ user `x` }}");
    assert_eq!(
        parsed.calls().map(|used| used.offset).collect::<Vec<_>>(),
        [5]
    );
}

#[test]
fn a_syntax_error_knows_its_place() {
    let error = parse("a\nbé{{bogus}}", &Sample).expect_err("there is no such function");
    assert_eq!(
        error.position(),
        Position {
            line: 2,
            column: 5,
            offset: 7
        }
    );
    assert_eq!(error.message(), "function \"bogus\" not defined");
}

#[test]
fn an_execution_error_knows_its_place_and_its_cause() {
    let error = template("a\n{{fail}}")
        .execute(&Value::Nil, &Sample)
        .expect_err("the function fails");
    assert_eq!(
        error.position(),
        Position {
            line: 2,
            column: 2,
            offset: 4
        }
    );
    assert_eq!(error.message(), "error calling fail: boom");
    let TemplateError::Execution { source, .. } = error else {
        panic!("the template ran");
    };
    assert_eq!(
        source.map(|cause| cause.to_string()),
        Some("boom".to_owned())
    );
}

#[test]
fn a_function_hides_a_builtin_of_its_name() {
    struct Print;
    impl Functions for Print {
        fn has(&self, name: &str) -> bool {
            name == "print"
        }
        fn signature(&self, _: &str) -> Option<super::Signature> {
            None
        }
        fn call(&self, _: &str, arguments: &[Value]) -> Result<Value, super::FunctionError> {
            Ok(Value::Int(
                i64::try_from(arguments.len()).expect("a few arguments"),
            ))
        }
    }
    let parsed = parse("{{print 1 2}}{{println 1}}", &Print).expect("both functions exist");
    assert_eq!(parsed.execute(&Value::Nil, &Print), Ok("21\n".to_owned()));
}
