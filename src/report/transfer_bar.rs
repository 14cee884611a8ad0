//! The bar of a file that travels: on a terminal, in the line that the next one replaces, and nowhere else, as in Packer.

use std::time::Duration;

use super::human;
use super::ui::Ui;

/// Signs between the brackets: with names, sizes and times the line stays below the eighty columns of a small terminal.
const WIDTH: u64 = 20;

/// Of a file's name; the end of a longer one says more than its beginning.
const LONGEST_NAME: usize = 20;

/// How far a file is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transfer<'a> {
    /// The file's name or the directory's.
    pub(crate) name: &'a str,
    /// Bytes under way.
    pub(crate) moved: u64,
    /// All, where that is known.
    pub(crate) total: Option<u64>,
    /// Since the transfer began.
    pub(crate) elapsed: Duration,
}

impl Ui {
    /// Shows how far a transfer is.
    pub(crate) fn transfer(&self, transfer: &Transfer<'_>) {
        self.transient(&line(transfer));
    }
}

fn line(transfer: &Transfer<'_>) -> String {
    let name = short(transfer.name);
    let moved = human::bytes(transfer.moved);
    let clock = human::clock(transfer.elapsed);
    match transfer.total {
        Some(total @ 1..) => {
            // A file that grows meanwhile does not break the bar.
            let done = transfer.moved.min(total);
            let percent = u128::from(done) * 100 / u128::from(total);
            let total = human::bytes(total);
            format!(
                "{name} {moved} / {total} {} {percent}% {clock}",
                bar(percent)
            )
        }
        _ => format!("{name} {moved} {clock}"),
    }
}

/// `[=====>--------------]`.
fn bar(percent: u128) -> String {
    let full = usize::try_from(percent * u128::from(WIDTH) / 100).unwrap_or(0);
    let rest = usize::try_from(WIDTH).unwrap_or(0) - full;
    match rest {
        0 => format!("[{}]", "=".repeat(full)),
        rest => format!("[{}>{}]", "=".repeat(full), "-".repeat(rest - 1)),
    }
}

/// The end of a name, without the signs that move a terminal's cursor: a name may come from the machine or from a stranger's
/// archive.
fn short(name: &str) -> String {
    let tame: Vec<char> = name
        .chars()
        .map(|sign| if sign.is_control() { '?' } else { sign })
        .collect();
    match tame.len().checked_sub(LONGEST_NAME) {
        Some(surplus @ 1..) => format!("…{}", tame[surplus + 1..].iter().collect::<String>()),
        _ => tame.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::console::Form;
    use super::super::console::Reader;
    use super::super::console::tests::console;
    use super::super::ui::Grouping;
    use super::*;

    fn half<'a>(name: &'a str) -> Transfer<'a> {
        Transfer {
            name,
            moved: 512 << 20,
            total: Some(1 << 30),
            elapsed: Duration::from_secs(9),
        }
    }

    fn shown(form: Form, reader: Reader, transfer: &Transfer<'_>) -> String {
        let (console, captured) = console(form, reader);
        Ui::new(console, "web", 0, Grouping::BySteps).transfer(transfer);
        captured.text()
    }

    #[test]
    fn a_bar_shows_how_far_a_file_is_and_stays_in_one_line() {
        assert_eq!(
            line(&half("disk.img")),
            "disk.img 512.00 MiB / 1.00 GiB [==========>---------] 50% 9s"
        );
        let all = Transfer {
            moved: 2 << 30,
            ..half("disk.img")
        };
        assert!(line(&all).ends_with("[====================] 100% 9s"));
        let long = half("a-very-long-name-of-a-file-that-nobody-reads.img");
        assert!(line(&long).chars().count() < 75, "{}", line(&long));
    }

    #[test]
    fn without_a_total_there_is_a_count_alone() {
        let directory = Transfer {
            total: None,
            ..half("logs")
        };
        assert_eq!(line(&directory), "logs 512.00 MiB 9s");
    }

    #[test]
    fn the_bar_is_for_terminals_alone() {
        let bar = half("disk.img");
        for (form, reader) in [
            (Form::Human, Reader::Plain),
            (Form::Human, Reader::Runner),
            (Form::Machine, Reader::Terminal),
        ] {
            assert_eq!(shown(form, reader, &bar), "", "{form:?} {reader:?}");
        }
        let text = shown(Form::Human, Reader::Terminal, &bar);
        assert!(text.starts_with("\r\u{1b}[K    web: disk.img"), "{text:?}");
    }

    #[test]
    fn a_name_can_neither_move_the_cursor_nor_begin_a_line() {
        let text = shown(
            Form::Human,
            Reader::Terminal,
            &half("a\u{1b}[2J\nb\r\u{9b}\u{202e}c"),
        );
        let rest = text.strip_prefix("\r\u{1b}[K").unwrap();
        assert!(
            !rest.contains(['\u{1b}', '\n', '\r', '\u{9b}', '\u{202e}']),
            "{rest:?}"
        );
    }
}
