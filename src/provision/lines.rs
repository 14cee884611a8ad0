//! Cuts output into lines as Packer shows them.

/// A longer line is shown in pieces, so that a machine cannot fill our memory.
const LONGEST: usize = 64 * 1024;

/// Collects pieces until a line is whole.
#[derive(Debug, Default)]
pub(crate) struct LineSplitter {
    pending: Vec<u8>,
}

impl LineSplitter {
    /// Takes a piece and hands out every line that it completes.
    pub(crate) fn push(&mut self, piece: &[u8], mut line: impl FnMut(&str)) {
        let mut rest = piece;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.pending.extend_from_slice(&rest[..end]);
            rest = &rest[end + 1..];
            line(&clean(&std::mem::take(&mut self.pending)));
        }
        self.pending.extend_from_slice(rest);
        while self.pending.len() > LONGEST {
            let tail = self.pending.split_off(LONGEST);
            line(&clean(&std::mem::replace(&mut self.pending, tail)));
        }
    }

    /// Hands out the last line, where it did not end.
    pub(crate) fn finish(&mut self, mut line: impl FnMut(&str)) {
        if !self.pending.is_empty() {
            line(&clean(&std::mem::take(&mut self.pending)));
        }
    }
}

/// Without white space at the end, and only what follows the last carriage return: a progress bar shows its last state.
fn clean(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_end();
    text.rsplit('\r').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod unit {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let (mut splitter, mut lines) = (LineSplitter::default(), Vec::new());
        for piece in pieces {
            splitter.push(piece, |line| lines.push(line.to_owned()));
        }
        splitter.finish(|line| lines.push(line.to_owned()));
        lines
    }

    #[test]
    fn a_line_may_come_in_pieces_and_the_last_one_need_not_end() {
        assert_eq!(lines(&[b"on", b"e\ntw", b"o"]), ["one", "two"]);
    }

    #[test]
    fn only_what_follows_the_last_carriage_return_is_shown() {
        assert_eq!(lines(&[b"10%\r50%\r100%\r\n"]), ["100%"]);
    }

    #[test]
    fn empty_lines_stay_and_white_space_at_the_end_goes() {
        assert_eq!(lines(&[b"a \t\n\nb\n"]), ["a", "", "b"]);
    }

    #[test]
    fn a_line_without_an_end_does_not_fill_the_memory() {
        let mut splitter = LineSplitter::default();
        let mut shown = 0;
        splitter.push(&vec![b'x'; 10 * LONGEST], |line| shown += line.len());
        assert!(shown >= 9 * LONGEST && splitter.pending.len() <= LONGEST);
    }

    #[test]
    fn bytes_that_are_no_text_become_replacement_characters() {
        assert_eq!(lines(&[b"a\xff\n"]), ["a\u{fffd}"]);
    }
}
