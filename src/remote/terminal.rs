//! The person at the terminal, asked while a connection logs in: `ssh_bastion_interactive`.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};

use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};

/// The terminal that the program was started from, wherever its input comes from.
pub(super) struct Terminal(File);

impl Terminal {
    /// Opens it; an error where there is none, as in a workflow.
    pub(super) fn open() -> io::Result<Self> {
        let opened = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
        Ok(Self(opened))
    }

    /// Shows what the server says before its questions.
    pub(super) fn tell(&self, text: &str) {
        if !text.is_empty() {
            let _closed = writeln!(&self.0, "{}", printable(text));
        }
    }

    /// Puts one question; with `echo` the answer is seen as it is typed. An answer that cannot be had is empty.
    pub(super) fn ask(&self, question: &str, echo: bool) -> String {
        let asked = if echo {
            self.read(question)
        } else {
            self.unseen(question)
        };
        asked.unwrap_or_else(|error| {
            log::warn!("the terminal gives no answer: {error}");
            String::new()
        })
    }

    fn read(&self, question: &str) -> io::Result<String> {
        write!(&self.0, "{}", printable(question))?;
        let mut line = String::new();
        BufReader::new(&self.0).read_line(&mut line)?;
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    fn unseen(&self, question: &str) -> io::Result<String> {
        let before = tcgetattr(&self.0)?;
        let mut silent = before.clone();
        silent.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(&self.0, SetArg::TCSANOW, &silent)?;
        let answer = self.read(question);
        tcsetattr(&self.0, SetArg::TCSANOW, &before)?;
        let _closed = writeln!(&self.0);
        answer
    }
}

/// A server's text without what could move the cursor.
fn printable(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control() || *letter == '\n')
        .collect()
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn a_server_cannot_move_the_cursor() {
        assert_eq!(printable("Password\u{1b}[2J: \n"), "Password[2J: \n");
    }
}
