//! Makes text from the machine being built harmless: it may colour its letters, and nothing else.
//!
//! A terminal obeys escape sequences, GitHub's runner obeys lines that begin with `::` and `##[` anywhere in a line
//! (actions/runner, `ActionCommand.cs`). What a provisioner prints is not ours, so neither may take effect.

/// Stands between the two halves of `##[`, and before `::`; it has no width.
const BREAK: char = '\u{200b}';

/// Removes every control character and escape sequence but tabs and colours (SGR, `ESC [ … m`).
pub(crate) fn strip_escapes(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => clean.push_str(&escape(&mut characters)),
            '\n' | '\t' => clean.push(character),
            // C1 controls: some terminals read U+009B as `ESC [`.
            _ if character.is_control() => {}
            // Bidirectional overrides can make a line read as another one.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            _ => clean.push(character),
        }
    }
    clean
}

/// Breaks what the runner would take for a workflow command.
pub(crate) fn break_commands(text: &str) -> String {
    let broken = text.replace("##[", &format!("##{BREAK}["));
    if !broken.contains("::") {
        return broken;
    }
    let lines: Vec<String> = broken.split('\n').map(break_leading_colons).collect();
    lines.join("\n")
}

fn break_leading_colons(line: &str) -> String {
    let visible = line.trim_start();
    if visible.starts_with("::") {
        let blanks = &line[..line.len() - visible.len()];
        format!("{blanks}{BREAK}{visible}")
    } else {
        line.to_owned()
    }
}

/// Reads one escape sequence and gives back what may stay of it: a colour, or nothing.
fn escape(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    match characters.peek() {
        Some('[') => {
            characters.next();
            control_sequence(characters)
        }
        // Operating system commands, device control strings and the like run to BEL or `ESC \`.
        Some(']' | 'P' | 'X' | '^' | '_') => {
            skip_string(characters);
            String::new()
        }
        Some(_) => {
            characters.next();
            String::new()
        }
        None => String::new(),
    }
}

fn control_sequence(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut parameters = String::new();
    while let Some(&character) = characters.peek() {
        match character {
            '0'..='9' | ';' | ':' => parameters.push(character),
            'm' if parameters.len() <= LONGEST_COLOUR => {
                characters.next();
                return format!("\u{1b}[{parameters}m");
            }
            '\u{40}'..='\u{7e}' => {
                characters.next();
                return String::new();
            }
            '\u{20}'..='\u{3f}' => parameters.push(character),
            _ => return String::new(),
        }
        characters.next();
    }
    String::new()
}

/// A true-colour foreground with background has 35 characters.
const LONGEST_COLOUR: usize = 40;

fn skip_string(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    while let Some(character) = characters.next() {
        match character {
            '\u{7}' | '\n' => return,
            '\u{1b}' => {
                characters.next_if_eq(&'\\');
                return;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_pass() {
        assert_eq!(
            strip_escapes("\u{1b}[1;31mred\u{1b}[0m"),
            "\u{1b}[1;31mred\u{1b}[0m"
        );
    }

    #[test]
    fn cursor_movements_titles_and_bells_do_not() {
        assert_eq!(
            strip_escapes("a\u{1b}[2Jb\u{1b}]0;title\u{7}c\u{7}\u{1b}[?25ld\u{1b}cx"),
            "abcdx"
        );
        assert_eq!(strip_escapes("a\u{9b}31mb"), "a31mb");
    }

    #[test]
    fn an_unfinished_sequence_takes_nothing_with_it_but_itself() {
        assert_eq!(strip_escapes("a\u{1b}["), "a");
        assert_eq!(strip_escapes("a\u{1b}"), "a");
    }

    #[test]
    fn a_leading_command_is_broken_and_an_inner_one_is_left() {
        assert_eq!(break_commands("  ::add-mask::x"), "  \u{200b}::add-mask::x");
        assert_eq!(break_commands("std::vector"), "std::vector");
        assert_eq!(break_commands("a\n::error::b"), "a\n\u{200b}::error::b");
    }

    #[test]
    fn the_old_command_form_is_broken_anywhere() {
        assert_eq!(break_commands("x ##[group]y"), "x ##\u{200b}[group]y");
    }
}
