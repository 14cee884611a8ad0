//! Which line of a script failed, where that is beyond doubt.
//!
//! Nothing is changed in what runs, so only what shells print by themselves counts: their own complaints with a line number, and
//! the trace of a script that traces itself. Where neither tells, no line is named.

/// A script that failed: what ran, and what is known of its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct FailedScript<'a> {
    /// Its text as it went to the machine.
    pub(super) text: &'a str,
    /// Where it lay there: shells begin their complaints so.
    pub(super) path: &'a str,
    /// The command that ran it.
    pub(super) command: &'a str,
    /// What it ended with.
    pub(super) status: i64,
    /// The last lines of its output.
    pub(super) output: &'a [String],
}

/// A command that is not there, and one that cannot be run.
const NOT_RUN: [i64; 2] = [126, 127];

/// The number of the line, from 1.
pub(super) fn find(script: FailedScript<'_>) -> Option<usize> {
    let complaint = script
        .output
        .iter()
        .rev()
        .find_map(|line| complaint(line, script.path));
    if let Some((number, message)) = complaint
        && (NOT_RUN.contains(&script.status)
            || message.to_lowercase().contains("syntax error")
            || script.ends_at(number))
    {
        return Some(number);
    }
    script.last_traced().or_else(|| script.only_line())
}

/// The line and the words of a shell's complaint: `PATH: 3: …` (dash), `PATH: line 3: …` (bash, busybox), `PATH[3]: …` (ksh),
/// `PATH:3: …` (zsh).
fn complaint<'a>(line: &'a str, path: &str) -> Option<(usize, &'a str)> {
    let start = line.find(path)?;
    let rest = &line[start + path.len()..];
    let rest = ["[", ": line ", ": ", ":"]
        .iter()
        .find_map(|between| rest.strip_prefix(between))?;
    let digits = rest.len()
        - rest
            .trim_start_matches(|letter: char| letter.is_ascii_digit())
            .len();
    let number = rest[..digits].parse().ok()?;
    let message = rest[digits..].trim_start_matches(']').strip_prefix(':')?;
    Some((number, message.trim()))
}

impl FailedScript<'_> {
    /// Whether a failure in this line is one that ends the script: the line is one plain command, and errors are final.
    fn ends_at(&self, number: usize) -> bool {
        let Some(line) = self.text.lines().nth(number - 1) else {
            return false;
        };
        is_plain(line) && self.stops_at_errors(number)
    }

    /// The line that a script which traces itself (`set -x`) showed last.
    fn last_traced(&self) -> Option<usize> {
        let traced = self
            .output
            .iter()
            .rev()
            .find_map(|line| line.strip_prefix("+ "))?;
        let mut alike = self
            .numbered()
            .filter(|(_, line)| line.trim() == traced.trim());
        let (number, _) = alike.next()?;
        (alike.next().is_none() && self.stops_at_errors(number)).then_some(number)
    }

    /// The line of a script that has only one.
    fn only_line(&self) -> Option<usize> {
        let mut lines = self.numbered().filter(|(_, line)| !is_setting(line));
        let (number, _) = lines.next()?;
        lines.next().is_none().then_some(number)
    }

    /// The lines that do something, with their numbers.
    fn numbered(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate();
        lines
            .map(|(index, line)| (index + 1, line))
            .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
    }

    /// Whether the shell ends at the first error by the time that it comes to this line.
    fn stops_at_errors(&self, number: usize) -> bool {
        let mut lines = self.text.lines();
        let first = lines.next().unwrap_or_default();
        let of_shebang = first.starts_with("#!") && has_option_e(first);
        // A shell that is named in the command does not read the first line.
        let runs_itself = self.command.trim_end().ends_with(self.path)
            && !["sh ", "sh -"]
                .iter()
                .any(|shell| self.command.contains(shell));
        let mut set = lines
            .take(number.saturating_sub(2))
            .filter(|line| is_setting(line));
        (of_shebang && runs_itself)
            || has_option_e(self.command)
            || set.any(|line| has_option_e(line) || line.contains("errexit"))
            || (is_setting(first) && has_option_e(first))
    }
}

/// `set …` alone on its line.
fn is_setting(line: &str) -> bool {
    line.trim_start().starts_with("set -") && is_plain(line)
}

/// Whether one of the words is a group of options with `e` in it.
fn has_option_e(line: &str) -> bool {
    line.split_whitespace().any(|word| {
        let options = word.strip_prefix('-').unwrap_or_default();
        options.contains('e')
            && options
                .chars()
                .all(|letter| "abefhkmnptuvxBCEHPT".contains(letter))
    })
}

/// Nothing in the line may catch its failure, put it off or be one of several commands.
fn is_plain(line: &str) -> bool {
    let first = line.split_whitespace().next().unwrap_or_default();
    let keywords = [
        "if", "elif", "else", "while", "until", "for", "case", "!", "then", "do", "trap",
        "function",
    ];
    !line.contains(['|', '&', ';', '(', ')', '{', '`']) && !keywords.contains(&first)
}

#[cfg(test)]
mod unit {
    use super::*;

    const PATH: &str = "/tmp/script_7.sh";

    fn found(lines: &str, status: i64, output: &[&str]) -> Option<usize> {
        let output: Vec<String> = output.iter().map(|line| (*line).to_owned()).collect();
        find(FailedScript {
            text: &format!("#!/bin/sh -e\n{lines}\n"),
            path: PATH,
            command: &format!("chmod +x {PATH}; A='1'  {PATH}"),
            status,
            output: &output,
        })
    }

    #[test]
    fn a_command_that_is_not_there_is_told_by_every_shell_in_its_own_form() {
        let script = "true\nnope\ntrue";
        for said in [
            "/tmp/script_7.sh: 3: nope: not found",
            "/tmp/script_7.sh: line 3: nope: command not found",
            "/tmp/script_7.sh[3]: nope: inaccessible or not found",
            "/tmp/script_7.sh:3: command not found: nope",
        ] {
            assert_eq!(found(script, 127, &["out", said]), Some(3), "{said}");
        }
    }

    #[test]
    fn a_plain_line_that_the_shell_complained_of_ended_the_script() {
        let said = "/tmp/script_7.sh: 2: cd: can't cd to /nope";
        assert_eq!(found("cd /nope\ntrue", 2, &[said]), Some(2));
    }

    #[test]
    fn a_complaint_of_a_line_that_bears_failure_is_no_proof() {
        let said = "/tmp/script_7.sh: 2: cd: can't cd to /nope";
        assert_eq!(found("cd /nope || true\nfalse", 1, &[said]), None);
    }

    #[test]
    fn without_errexit_a_complaint_is_no_proof_either() {
        let output = [format!("{PATH}: 2: cd: can't cd to /nope")];
        let script = FailedScript {
            text: "#!/bin/sh\ncd /nope\nfalse\n",
            path: PATH,
            command: PATH,
            status: 1,
            output: &output,
        };
        assert_eq!(find(script), None);
        let command = format!("sudo sh -eu {PATH}");
        assert_eq!(
            find(FailedScript {
                command: &command,
                ..script
            }),
            Some(2)
        );
        // `sh PATH` does not read the options of the first line.
        let text = "#!/bin/sh -e\ncd /nope\nfalse\n";
        let command = format!("sudo -E sh '{PATH}'");
        let named = FailedScript {
            text,
            command: &command,
            ..script
        };
        assert_eq!(find(named), None);
    }

    #[test]
    fn a_syntax_error_stands_where_the_shell_says() {
        let said = "/tmp/script_7.sh: 4: Syntax error: end of file unexpected (expecting \"fi\")";
        assert_eq!(found("if true; then\n true", 2, &[said]), Some(4));
    }

    #[test]
    fn a_script_that_traces_itself_tells_its_last_command() {
        let script = "set -x\ntest -e /etc\ntest -e /nope\ntrue";
        let output = ["+ test -e /etc", "+ test -e /nope"];
        assert_eq!(found(script, 1, &output), Some(4));
        assert_eq!(found("set -x\nfalse\nfalse", 1, &["+ false"]), None);
    }

    #[test]
    fn the_only_line_is_the_one_that_failed() {
        assert_eq!(found("# a comment\n\nexit 3", 3, &[]), Some(4));
        assert_eq!(found("true\nfalse", 1, &[]), None);
    }
}
