//! `shell-local`: scripts on this side; the provisioner and the post-processor share it.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

use super::checks;

/// Keys that are rendered at run time.
pub(in crate::plan) const LATE: &[&str] = &["execute_command"];

/// The systems that Packer runs on.
const SYSTEMS: [&str; 6] = [
    "darwin", "freebsd", "linux", "openbsd", "solaris", "windows",
];

/// What runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LocalScript {
    /// `inline`, or the older `command` as its only line: a temporary script.
    Inline(Vec<String>),
    /// `script` and `scripts`: local paths, run as they are.
    Files(Vec<String>),
}

/// How a lone `execute_command` is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) enum ExecuteCommandForm {
    /// The provisioner takes it as the whole list.
    List,
    /// The post-processor gives it to `sh -c`, as before there was a list.
    ShellLine,
}

/// The settings, defaults applied.
#[derive(Clone, Debug)]
pub(crate) struct ShellLocalSettings {
    /// What runs.
    pub(crate) script: LocalScript,
    /// First line of a temporary script.
    pub(crate) inline_shebang: String,
    /// Program and arguments, rendered with `.Script`, `.Vars` and `.Command`.
    pub(crate) execute_command: Vec<String>,
    /// `environment_vars`, rendered again at run time.
    pub(crate) environment_vars: Vec<(String, String)>,
    /// `env`, which wins.
    pub(crate) env: BTreeMap<String, String>,
    /// Go's printf format of one variable.
    pub(crate) env_var_format: String,
    /// Exit statuses that count as success.
    pub(crate) valid_exit_codes: Vec<i64>,
    /// Systems on which it runs at all; all where empty.
    pub(crate) only_on: Vec<String>,
    /// End of the temporary script's name, with its dot.
    pub(crate) tempfile_extension: String,
}

/// Decodes the rendered settings.
pub(in crate::plan) fn decode(
    node: &Node,
    form: ExecuteCommandForm,
    facts: &Facts,
    problems: &Problems,
) -> ShellLocalSettings {
    let mut fields = Fields::new(node, problems, "");
    let mut execute_command = fields.strings("execute_command");
    if execute_command.is_empty() {
        execute_command = ["/bin/sh", "-c", "{{.Vars}} {{.Script}}"]
            .map(str::to_owned)
            .to_vec();
    } else if execute_command.len() == 1 && form == ExecuteCommandForm::ShellLine {
        execute_command.splice(0..0, ["sh".to_owned(), "-c".to_owned()]);
    }
    refuse_linux_pathing(&mut fields, facts);
    let settings = ShellLocalSettings {
        script: script(&mut fields, facts),
        inline_shebang: text_or(&mut fields, "inline_shebang", "/bin/sh -e"),
        execute_command,
        environment_vars: checks::environment_vars(&mut fields),
        env: fields.map("env"),
        env_var_format: text_or(&mut fields, "env_var_format", "%s='%s' "),
        valid_exit_codes: checks::valid_exit_codes(&mut fields),
        only_on: only_on(&mut fields),
        tempfile_extension: extension(&fields.text("tempfile_extension")),
    };
    fields.finish();
    settings
}

fn script(fields: &mut Fields<'_>, facts: &Facts) -> LocalScript {
    let (command, inline) = (fields.text("command"), fields.strings("inline"));
    let (script, mut files) = (fields.text("script"), fields.strings("scripts"));
    let given = [
        !command.is_empty(),
        !inline.is_empty(),
        !script.is_empty(),
        !files.is_empty(),
    ];
    match given.iter().filter(|given| **given).count() {
        0 => fields.problem("inline", "Command, Inline, Script and Scripts options cannot all be empty."),
        1 => {}
        _ => fields.problem(
            "inline",
            "You may only specify one of the following options: Command, Inline, Script or Scripts. Please consolidate these options in your config.",
        ),
    }
    let key = if script.is_empty() {
        "scripts"
    } else {
        "script"
    };
    if !script.is_empty() && files.is_empty() {
        files = vec![script];
    }
    for path in &files {
        if let Some(fault) = checks::path_fault(path, facts) {
            fields.problem(key, format!("Bad script '{path}': {fault}"));
        }
    }
    if !command.is_empty() {
        LocalScript::Inline(vec![command])
    } else if !inline.is_empty() {
        LocalScript::Inline(inline)
    } else {
        LocalScript::Files(files)
    }
}

/// `use_linux_pathing` is for Windows: elsewhere Packer finds no drive in a script's path, and refuses `inline` everywhere.
fn refuse_linux_pathing(fields: &mut Fields<'_>, facts: &Facts) {
    if !fields.bool("use_linux_pathing") {
        return;
    }
    let is_inline = !fields.text("command").is_empty() || !fields.strings("inline").is_empty();
    if is_inline {
        fields.problem(
            "use_linux_pathing",
            "Packer is unable to use the Command and Inline features with the Windows Linux Subsystem. Please use the Script or Scripts options instead",
        );
    }
    let script = fields.string("script").filter(|path| !path.is_empty());
    if let Some(path) = script.or_else(|| fields.strings("scripts").into_iter().next()) {
        let path = facts.working_directory.join(path);
        let message = format!(
            "There was an error splitting your absolute path; expected to find a drive following the format ':/' but did not: absolute path: {}",
            path.display()
        );
        fields.problem("use_linux_pathing", message);
    }
}

fn only_on(fields: &mut Fields<'_>) -> Vec<String> {
    let systems = fields.strings("only_on");
    for system in systems
        .iter()
        .filter(|system| !SYSTEMS.contains(&system.as_str()))
    {
        let message = format!(
            "Invalid OS specified in only_on: '{system}'\nSupported OS names: {}",
            SYSTEMS.join(", ")
        );
        fields.problem("only_on", message);
    }
    systems
}

fn extension(text: &str) -> String {
    if text.is_empty() || text.starts_with('.') {
        text.to_owned()
    } else {
        format!(".{text}")
    }
}

fn text_or(fields: &mut Fields<'_>, key: &str, default: &str) -> String {
    fields
        .string(key)
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| default.to_owned())
}
