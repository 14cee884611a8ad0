use super::limits::check_size;
use super::*;

fn job(build: &str) -> Job {
    Job {
        build: build.to_owned(),
        kind: "amazon-ebs".to_owned(),
        region: None,
    }
}

fn named(count: usize) -> Vec<Job> {
    (0..count).map(|number| job(&number.to_string())).collect()
}

#[test]
fn a_matrix_is_what_strategy_matrix_takes() {
    let jobs = vec![
        Job {
            region: Some("eu-west-1".to_owned()),
            ..job("web")
        },
        job("db"),
    ];
    assert_eq!(
        Matrix::new(jobs).unwrap().json(),
        r#"{"include":[{"build":"web","type":"amazon-ebs","region":"eu-west-1"},{"build":"db","type":"amazon-ebs"}]}"#
    );
}

#[test]
fn a_name_of_any_letters_comes_back_as_it_was() {
    let names = ["a b", "\"quoted\" 'name'", "${{ x }}", "größe", "a=b\\n"];
    let matrix = Matrix::new(names.map(job).to_vec()).unwrap();
    assert_eq!(Matrix::parse(&matrix.json()).unwrap(), matrix);
    assert!(names.iter().all(|name| nameable(name).is_ok()));
}

#[test]
fn what_only_cannot_say_is_no_name_of_a_job() {
    for name in ["a,b", "a\nb", " a", "a ", ""] {
        assert!(nameable(name).is_err(), "{name:?}");
    }
}

#[test]
fn github_takes_256_jobs_and_no_more_and_not_none() {
    assert!(Matrix::new(named(256)).is_ok());
    assert!(matches!(
        Matrix::new(named(257)),
        Err(MatrixError::TooMany(257))
    ));
    assert!(matches!(Matrix::new(Vec::new()), Err(MatrixError::Empty)));
    assert!(matches!(
        Matrix::parse(r#"{"include":[]}"#),
        Err(MatrixError::Empty)
    ));
}

#[test]
fn an_output_is_counted_in_utf16() {
    assert!(check_size(&"x".repeat(512 * 1024)).is_ok());
    assert!(check_size(&"x".repeat(512 * 1024 + 1)).is_err());
    assert!(check_size(&"\u{1f600}".repeat(256 * 1024)).is_ok());
}

#[test]
fn a_matrix_that_names_a_build_twice_or_is_none_is_refused() {
    let twice = r#"{"include":[{"build":"a"},{"build":"a"}]}"#;
    assert!(matches!(Matrix::parse(twice), Err(MatrixError::Twice(name)) if name == "a"));
    for text in ["", "[]", "null", r#"{"include":[{"name":"a"}]}"#] {
        assert!(
            matches!(Matrix::parse(text), Err(MatrixError::Json(_))),
            "{text}"
        );
    }
}
