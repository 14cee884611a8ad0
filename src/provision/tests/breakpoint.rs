//! `breakpoint` where nobody can press Enter.

use super::*;

#[tokio::test]
async fn a_disabled_breakpoint_is_passed_with_its_note() {
    let mut bench = Bench::new();
    let json = r#"{"disable": true, "note": "at {{build_name}}"}"#;
    bench.run_one("breakpoint", json).await.unwrap();
    assert_eq!(
        bench.lines(),
        ["==> web: Breakpoint provisioner with note \"at web\" disabled; continuing..."]
    );
}

#[tokio::test]
async fn programs_cannot_press_enter() {
    let mut bench = Bench::new();
    let (console, captured) = console::console(Form::Machine, Reader::Plain);
    bench.cx.ui = Ui::new(console, "web", 0, Grouping::ByBuild);
    let error = bench.run_one("breakpoint", "{}").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Error asking for input: machine-readable UI can't ask"
    );
    assert!(
        captured
            .text()
            .contains(",ui,say,==> web: Pausing at breakpoint provisioner.")
    );
}
