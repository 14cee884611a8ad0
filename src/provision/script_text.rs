//! The text of a script as it goes to the machine.

/// Packer's first line of an inline script.
const SHEBANG: &str = "/bin/sh -e";

/// One script of all `inline` lines. Without a shebang in the template, a first line that is one already stays the first.
pub(super) fn inline(lines: &[String], shebang: Option<&str>) -> String {
    let own = lines.first().is_some_and(|line| line.starts_with("#!"));
    let mut text = match shebang {
        None if own => String::new(),
        shebang => format!("#!{}\n", shebang.unwrap_or(SHEBANG)),
    };
    for line in lines {
        text += line;
        text.push('\n');
    }
    text
}

/// Unix line ends: one carriage return before a line feed goes, and the last line ends.
pub(super) fn unix(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() + 1);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        text.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        text.push(b'\n');
    }
    text
}

#[cfg(test)]
mod unit {
    use super::*;

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn inline_lines_become_one_script_that_ends_at_the_first_error() {
        assert_eq!(inline(&lines(&["a", "b"]), None), "#!/bin/sh -e\na\nb\n");
    }

    #[test]
    fn a_first_line_that_is_a_shebang_is_kept_unless_the_template_sets_another() {
        assert_eq!(
            inline(&lines(&["#!/bin/bash", "a"]), None),
            "#!/bin/bash\na\n"
        );
        assert_eq!(
            inline(&lines(&["#!/bin/bash"]), Some("/bin/zsh")),
            "#!/bin/zsh\n#!/bin/bash\n"
        );
    }

    #[test]
    fn line_ends_become_unix_line_ends() {
        assert_eq!(unix(b"a\r\nb\r\r\nc"), b"a\nb\r\nc\n");
        assert_eq!(unix(b""), b"");
    }
}
