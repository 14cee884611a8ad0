//! The texts that PowerShell gets: commands, the script around inline lines, the script that removes scripts.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::plan::provision::{PowerShellProgram, PowerShellSettings, ScriptSource};

/// How a script is run where the template does not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is, after the file of the variables: Packer's way with files.
    Sourced,
    /// With everything in it: Packer's way with inline lines since 1.13, by which an error ends the build.
    Wrapped,
}

impl Form {
    /// The form of these settings. A bare command, and lines that PowerShell takes only at the beginning of a file, cannot be wrapped.
    pub(super) fn of(settings: &PowerShellSettings) -> Self {
        let own_command = match &settings.elevated {
            Some(elevated) => elevated.execute_command.is_some(),
            None => settings.execute_command.is_some(),
        };
        match &settings.source {
            ScriptSource::Inline(lines)
                if !own_command
                    && settings.execution_policy.is_some()
                    && !lines.first().is_some_and(|line| must_come_first(line)) =>
            {
                Self::Wrapped
            }
            _ => Self::Sourced,
        }
    }
}

fn must_come_first(line: &str) -> bool {
    let line = line.trim_start().to_lowercase();
    ["param", "using ", "[cmdletbinding"]
        .iter()
        .any(|word| line.starts_with(word))
}

/// Packer's default command, a template of `.Path` and `.Vars`.
pub(super) fn default_command(settings: &PowerShellSettings, form: Form) -> String {
    let script = sourced(settings);
    let program = match settings.program {
        PowerShellProgram::Windows => "powershell",
        PowerShellProgram::Core => "pwsh",
    };
    match (settings.execution_policy, form, settings.program) {
        (None, _, _) => script,
        (Some(policy), Form::Wrapped, _) => {
            format!("{program} -executionpolicy {policy} -file {{{{.Path}}}}")
        }
        (Some(policy), Form::Sourced, PowerShellProgram::Windows) => {
            format!("{program} -executionpolicy {policy} \"{script}\"")
        }
        (Some(policy), Form::Sourced, PowerShellProgram::Core) => {
            format!("{program} -executionpolicy {policy} -command \"{script}\"")
        }
    }
}

fn sourced(settings: &PowerShellSettings) -> String {
    let debug = match settings.debug_mode {
        0 => String::new(),
        mode => format!("Set-PsDebug -Trace {mode};"),
    };
    format!(
        "& {{ if (Test-Path variable:global:ProgressPreference){{set-variable -name variable:global:ProgressPreference -value 'SilentlyContinue'}};{debug}. {{{{.Vars}}}}; &'{{{{.Path}}}}'; exit $LastExitCode }}"
    )
}

/// One script of `lines`, which ends the build at an error that nobody catches, or with the status of the last program
/// that ran. Nothing is indented: the lines may hold here-strings.
pub(super) fn wrap(lines: &str, variables: &str, debug_mode: i64) -> String {
    let debug = match debug_mode {
        0 => String::new(),
        mode => format!("Set-PsDebug -Trace {mode}\n"),
    };
    format!(
        "if (Test-Path variable:global:ProgressPreference) {{ Set-Variable -Name ProgressPreference -Scope Global -Value 'SilentlyContinue' }}\n\
         {debug}{variables}\n\
         try {{\n\
         {lines}\
         }} catch {{\n\
         Write-Error -Message \"An error occurred: $_`n$($_.InvocationInfo.PositionMessage)\" -ErrorAction Continue\n\
         exit 1\n\
         }}\n\
         if ((Test-Path variable:global:LASTEXITCODE) -and $null -ne $LASTEXITCODE) {{ exit $LASTEXITCODE }}\n\
         exit 0\n"
    )
}

/// A script that removes `paths`, itself among them.
pub(super) fn removal(paths: &[&str]) -> String {
    let mut text = String::new();
    for path in paths {
        let path = literal(path);
        writeln!(text, "if (Test-Path {path}) {{Remove-Item {path}}}")
            .expect("a string takes every text");
    }
    text
}

/// For a text between double quotes: what means something there gets a backtick.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '$' | '"' | '`' | '\'') {
            escaped.push('`');
        }
        escaped.push(letter);
    }
    escaped
}

/// A text as PowerShell takes it literally.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The command line that runs `script` whatever the login shell makes of quotes: UTF-16 in base64.
pub(super) fn encoded(script: &str) -> String {
    let script = format!("$ProgressPreference = 'SilentlyContinue';{script}");
    let bytes: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    format!("powershell.exe -EncodedCommand {}", STANDARD.encode(bytes))
}
