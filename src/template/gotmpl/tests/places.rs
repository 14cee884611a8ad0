//! Where a template's errors lie, and whose function is called.

use super::super::error::Position;
use super::super::{Functions, Template, TemplateError, Value, parse};
use super::Sample;

fn template(text: &str) -> Template {
    parse(text, &Sample).expect(text)
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
