//! Reads what the keeper prints: pieces of the script's output, each after a line with its number and size, and single words.

/// Before each line of the keeper's own. A login shell may print something before the first one.
const MARK: &str = "ami-build: ";

/// A longer line is not the keeper's.
const LONGEST: usize = 4096;

/// How far the output has been fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// The piece that is fetched next.
    pub(super) number: u64,
    /// How many of its bytes are here already.
    pub(super) skip: u64,
}

/// One of the script's outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Stdout,
    Stderr,
}

/// What the keeper says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// The script has been started, now or before.
    Started,
    /// The template's terminal is there, but not for the script.
    Terminal,
    /// It cannot be started.
    Failed(String),
    /// Nothing has come for a while.
    Alive,
    /// This round is over; there may be more.
    More,
    /// Some of the output found no room on the machine.
    Gap,
    /// There is no such script in this boot.
    Gone,
    /// The keeper was killed before the script ended.
    Lost,
    /// The script ended with this status, and all of its output has been printed.
    End(i32),
}

/// A part of what the keeper prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard<'a> {
    /// Bytes of the script's.
    Bytes(Stream, &'a [u8]),
    /// The keeper's own.
    Word(Word),
}

/// See the module.
#[derive(Debug)]
pub(super) struct Reader {
    position: Position,
    state: State,
    has_heard: bool,
}

#[derive(Debug)]
enum State {
    Line(Vec<u8>),
    Piece { stream: Stream, left: u64 },
}

impl Reader {
    /// A reader of what follows `position`.
    pub(super) fn from(position: Position) -> Self {
        Self {
            position,
            state: State::Line(Vec::new()),
            has_heard: false,
        }
    }

    /// How far the output has come, byte by byte.
    pub(super) fn position(&self) -> Position {
        self.position
    }

    /// Whether the keeper has said anything.
    pub(super) fn has_heard(&self) -> bool {
        self.has_heard
    }

    /// Takes what came.
    pub(super) fn push(&mut self, mut bytes: &[u8], hear: &mut dyn FnMut(Heard<'_>)) {
        while !bytes.is_empty() {
            bytes = match &mut self.state {
                State::Line(line) => {
                    let end = bytes.iter().position(|byte| *byte == b'\n');
                    let taken = end.unwrap_or(bytes.len());
                    line.extend_from_slice(&bytes[..taken.min(LONGEST.saturating_sub(line.len()))]);
                    if end.is_some() {
                        let line = std::mem::take(line);
                        self.line(&String::from_utf8_lossy(&line), hear);
                    }
                    &bytes[taken + usize::from(end.is_some())..]
                }
                State::Piece { stream, left } => {
                    let taken = usize::try_from(*left).unwrap_or(usize::MAX);
                    let (piece, rest) = bytes.split_at(taken.min(bytes.len()));
                    hear(Heard::Bytes(*stream, piece));
                    *left -= piece.len() as u64;
                    self.position.skip += piece.len() as u64;
                    if *left == 0 {
                        self.end_piece();
                    }
                    rest
                }
            };
        }
    }

    fn line(&mut self, line: &str, hear: &mut dyn FnMut(Heard<'_>)) {
        let Some((_, said)) = line.split_once(MARK) else {
            log::debug!("not the keeper's: {line}");
            return;
        };
        self.has_heard = true;
        let words: Vec<&str> = said.split_whitespace().collect();
        match words[..] {
            [name @ ("o" | "e"), number, size] => {
                let (number, left) = (number.parse::<u64>(), size.parse::<u64>());
                let (Ok(number), Ok(left)) = (number, left) else {
                    return;
                };
                if number != self.position.number {
                    return hear(Heard::Word(Word::Lost));
                }
                let stream = if name == "o" {
                    Stream::Stdout
                } else {
                    Stream::Stderr
                };
                self.state = State::Piece { stream, left };
                if left == 0 {
                    self.end_piece();
                }
            }
            _ => {
                if let Some(word) = word(said.trim(), &words) {
                    hear(Heard::Word(word));
                }
            }
        }
    }

    fn end_piece(&mut self) {
        self.position = Position {
            number: self.position.number + 1,
            skip: 0,
        };
        self.state = State::Line(Vec::new());
    }
}

fn word(said: &str, words: &[&str]) -> Option<Word> {
    Some(match words {
        ["started"] => Word::Started,
        ["terminal"] => Word::Terminal,
        ["alive"] => Word::Alive,
        ["more"] => Word::More,
        ["gap"] => Word::Gap,
        ["gone"] => Word::Gone,
        ["lost"] => Word::Lost,
        ["end", status] => Word::End(status.parse().ok()?),
        _ => Word::Failed(said.strip_prefix("failed: ")?.to_owned()),
    })
}

#[cfg(test)]
mod unit {
    use super::*;

    const PRINTED: &[u8] =
        b"motd\nami-build: o 4 3\na\nbami-build: e 5 2\n\xff\nami-build: alive\nami-build: end 7\n";

    fn read(pieces: &[&[u8]], from: Position) -> (Vec<u8>, Vec<u8>, Vec<Word>, Position) {
        let (mut out, mut err, mut words) = (Vec::new(), Vec::new(), Vec::new());
        let mut reader = Reader::from(from);
        for piece in pieces {
            reader.push(piece, &mut |heard| match heard {
                Heard::Bytes(Stream::Stdout, bytes) => out.extend_from_slice(bytes),
                Heard::Bytes(Stream::Stderr, bytes) => err.extend_from_slice(bytes),
                Heard::Word(word) => words.push(word),
            });
        }
        (out, err, words, reader.position())
    }

    #[test]
    fn it_does_not_matter_where_the_bytes_are_cut() {
        let from = Position { number: 4, skip: 0 };
        let whole = read(&[PRINTED], from);
        assert_eq!(whole.0, b"a\nb");
        assert_eq!(whole.1, b"\xff\n");
        assert_eq!(whole.2, [Word::Alive, Word::End(7)]);
        for cut in 0..PRINTED.len() {
            let (one, two) = PRINTED.split_at(cut);
            assert_eq!(read(&[one, two], from), whole, "cut at {cut}");
        }
    }

    #[test]
    fn a_piece_that_breaks_off_is_asked_for_from_its_next_byte_on() {
        let from = Position { number: 4, skip: 9 };
        let position = read(&[b"ami-build: o 4 300\nab"], from).3;
        assert_eq!(
            position,
            Position {
                number: 4,
                skip: 11
            }
        );
    }

    #[test]
    fn a_line_without_an_end_does_not_fill_the_memory() {
        let mut reader = Reader::from(Position::default());
        for _ in 0..100 {
            reader.push(&[b'x'; 10_000], &mut |_| ());
        }
        assert!(matches!(&reader.state, State::Line(line) if line.len() <= LONGEST));
        reader.push(b"\nami-build: started\r\n", &mut |heard| {
            assert_eq!(heard, Heard::Word(Word::Started));
        });
        assert!(reader.has_heard());
    }

    #[test]
    fn a_piece_out_of_order_is_not_shown() {
        let (out, _, words, _) = read(&[b"ami-build: o 9 1\nx"], Position::default());
        assert!(out.is_empty() && words == [Word::Lost]);
    }
}
