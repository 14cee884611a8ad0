//! Texts of runs beside files that have them: what differs from run to run becomes words that do not.
//!
//! `AMI_BUILD_RENEW_SNAPSHOTS=1 ./test pull_request_life` writes the files anew; what has changed is then to be read in the diff.

use std::collections::BTreeMap;

use super::binary::{repository, variable};

const RENEW: &str = "AMI_BUILD_RENEW_SNAPSHOTS";
/// What EC2's ids begin with.
const KINDS: [&str; 8] = ["ami", "i", "snap", "sg", "vol", "subnet", "vpc", "lt"];
/// The mark of what the comment keeps for the next run.
const MEMORY: &str = "<!-- ami-build:memory:v1";
/// Letters of a UUID between its hyphens.
const UUID: [usize; 5] = [8, 4, 4, 4, 12];
const UNITS: [&str; 4] = ["hour", "minute", "second", "millisecond"];

/// Every id by the word that stands for it: the same id has the same word in all texts of a story.
#[derive(Debug, Default)]
pub(crate) struct Names {
    words: BTreeMap<String, String>,
    counts: BTreeMap<String, u8>,
}

impl Names {
    /// The text without anything that differs from run to run.
    pub(crate) fn stable(&mut self, text: &str) -> String {
        let lines = text.lines().map(|line| self.line(line));
        lines.collect::<Vec<_>>().join("\n") + "\n"
    }

    fn line(&mut self, line: &str) -> String {
        // What the comment keeps for the next run: packed, so nobody reads it.
        if let Some((mark, _)) = line.split_once(MEMORY) {
            return format!("{mark}{MEMORY} PACKED -->");
        }
        let mut words: Vec<String> = Vec::new();
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let end = rest
                .find(|letter| !is_of_word(letter))
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end.max(first.len_utf8()));
            words.push(self.word(word));
            rest = after;
        }
        timeless(&words)
    }

    fn word(&mut self, word: &str) -> String {
        if let Some((kind, id)) = word.split_once('-')
            && KINDS.contains(&kind)
            && id.len() >= 8
            && is_hexadecimal(id)
        {
            return self.named(kind, word);
        }
        let uuid = (0..word.len()).find_map(|at| Some((at, uuid(word.get(at..)?)?)));
        match uuid {
            Some((at, length)) => format!("{}UUID{}", &word[..at], &word[at + length..]),
            None if word.len() == 64 && is_hexadecimal(word) => "DIGEST".to_owned(),
            None => word.to_owned(),
        }
    }

    fn named(&mut self, kind: &str, id: &str) -> String {
        if let Some(word) = self.words.get(id) {
            return word.clone();
        }
        let count = self.counts.entry(kind.to_owned()).or_default();
        let word = format!("{kind}-{}", char::from(b'A' + *count));
        *count += 1;
        self.words.insert(id.to_owned(), word.clone());
        word
    }
}

fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The length of the UUID that the text begins with.
fn uuid(text: &str) -> Option<usize> {
    let length = UUID.iter().sum::<usize>() + UUID.len() - 1;
    let parts: Vec<&str> = text.get(..length)?.split('-').collect();
    let fits = |(part, length): (&&str, usize)| part.len() == length && is_hexadecimal(part);
    (parts.len() == UUID.len() && parts.iter().zip(UUID).all(fits)).then_some(length)
}

/// Durations, moments, addresses of machines and bars of a chart become words. `words` are words and what stands between them.
fn timeless(words: &[String]) -> String {
    let mut text = String::new();
    let mut rest = words;
    while let [word, after @ ..] = rest {
        let sized = size(rest).max(cost(rest));
        if sized > 0 {
            text.push_str("SOME");
            rest = &after[sized - 1..];
            continue;
        }
        let (replaced, length) = match (duration(rest), moment(rest), address(rest)) {
            (0, 0, 0) if is_clock(word) => ("TIME", 1),
            (0, 0, 0) => (word.as_str(), 1),
            (0, 0, length) => ("ADDRESS", length),
            (0, length, _) => ("DAY", length),
            (length, ..) => ("TIME", length),
        };
        // `1 minute 3 seconds` are one duration.
        if replaced == "TIME" && text.ends_with("TIME ") {
            text.truncate(text.len() - "TIME ".len());
        }
        text.push_str(replaced);
        rest = &after[length - 1..];
    }
    // How much more or less it is, or as much, is the machine's.
    if let Some((before, _)) = text
        .strip_suffix(" of the disk in use.")
        .and_then(|before| before.rsplit_once("; "))
    {
        return format!("{before}; SO MUCH of the disk in use.");
    }
    match text.rsplit_once(" :") {
        Some((bar, times)) if times.bytes().all(|byte| b"0123456789, ".contains(&byte)) => {
            format!("{bar} :BEGIN, END")
        }
        _ => text,
    }
}

/// `2026-11-28` and the time of day right behind it, whose colons Markdown may have as `&#58;`.
fn moment(words: &[String]) -> usize {
    if !words.first().is_some_and(|word| is_day(word)) {
        return 0;
    }
    let is_of_time = |word: &String| {
        let digits = word.trim_end_matches('Z');
        ":.+&#;".contains(word.as_str())
            || (!word.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let time = words[1..].iter().take_while(|word| is_of_time(word));
    let time: Vec<&String> = time.collect();
    let end = time.iter().position(|word| word.ends_with('Z'));
    1 + end.map_or(0, |end| end + 1)
}

/// `4.00 KiB`: what is in use differs with the machine's system.
fn size(words: &[String]) -> usize {
    let is_number = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
    match words {
        [whole, dot, part, blank, unit, ..] if is_number(whole) && is_number(part) => {
            let is_size =
                dot == "." && blank == " " && ["KiB", "MiB", "GiB"].contains(&unit.as_str());
            if is_size { 5 } else { 0 }
        }
        _ => 0,
    }
}

/// `0.0002` behind a dollar sign, which Markdown has as `&#36;`.
fn cost(words: &[String]) -> usize {
    match words {
        [and, hash, code, end, _, dot, _, ..] => {
            let sign = [and, hash, code, end].map(String::as_str);
            if sign == ["&", "#", "36", ";"] && dot == "." {
                7
            } else {
                0
            }
        }
        _ => 0,
    }
}

/// `127.1.2.3`: a machine of the lab, and never the caller itself.
fn address(words: &[String]) -> usize {
    const LENGTH: usize = 7;
    let text: String = words.iter().take(LENGTH).map(String::as_str).collect();
    let is_address = text.parse::<std::net::Ipv4Addr>();
    let is_machine = is_address.is_ok_and(|one| one.is_loopback() && text != "127.0.0.1");
    if is_machine && words.len() >= LENGTH {
        LENGTH
    } else {
        0
    }
}

/// `4 seconds`: a number, a blank and a unit are three words.
fn duration(words: &[String]) -> usize {
    let [number, blank, unit, ..] = words else {
        return 0;
    };
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let is_unit = UNITS.contains(&unit.trim_end_matches('s'));
    if is_number && blank == " " && is_unit {
        3
    } else {
        0
    }
}

/// `1m15s`, `0s`.
fn is_clock(word: &str) -> bool {
    let is_of_clock = |byte: u8| byte.is_ascii_digit() || b"hms".contains(&byte);
    word.len() > 1
        && word.ends_with(['s', 'm', 'h'])
        && word.starts_with(|letter: char| letter.is_ascii_digit())
        && word.bytes().all(is_of_clock)
}

/// `2026-11-28` and what stands right behind it.
fn is_day(word: &str) -> bool {
    let parts: Vec<&str> = word.splitn(3, '-').collect();
    let [year, month, day] = parts[..] else {
        return false;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    year.len() == 4 && year.starts_with("20") && is_number(year) && is_number(month) && {
        let day = day.get(..2).unwrap_or_default();
        is_number(day)
    }
}

/// Fails where the text is not what the file has.
pub(crate) fn assert_snapshot(name: &str, text: &str) {
    let path = repository().join("tests/it/fixtures").join(name);
    if variable(RENEW).is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == text,
        "{name} is another one; `{RENEW}=1` writes it anew. It should be\n{expected}\nand is\n{text}"
    );
}
