//! Random texts of what Markdown, GitHub and Mermaid read: none of it takes effect, wherever it is put.

use super::*;

/// What attacks are made of.
const PIECES: [&str; 40] = [
    "@octocat",
    "@",
    "octo-org/team",
    "#1",
    "#",
    "GH-12",
    "gh-",
    "6dcb09b5b57875f334f61aebed695e2e4193db5e",
    "6dcb09b",
    "https://evil.example",
    "www.evil.example",
    "mail@evil.example",
    "[a](//b)",
    "![",
    "](",
    "<img src=x>",
    "</details>",
    "</code>",
    "<!--",
    "-->",
    "`",
    "```",
    "````\n",
    "~~~",
    "\n",
    "\r\n",
    "\n\n# ",
    "|",
    "||\n|-|",
    "\\",
    "&#64;",
    "&lt;",
    "*",
    "_",
    "$$",
    "%%{init: {}}%%",
    ":::",
    "section x",
    "\u{1b}[31m",
    "\u{202e}",
];

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // Knuth's MMIX.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn text(&mut self) -> String {
        let count = 1 + self.roll(8);
        let mut text = String::new();
        for _ in 0..count {
            text.push_str(PIECES[self.roll(PIECES.len())]);
            text.push_str(["", "", " ", "a", "1"][self.roll(5)]);
        }
        text
    }
}

/// What a reader sees, which is what GitHub looks for mentions, references and addresses in.
fn seen(markdown: &str) -> String {
    let mut seen = String::new();
    let mut rest = markdown;
    while let Some((before, after)) = rest.split_once("&#") {
        let (number, behind) = after.split_once(';').unwrap();
        seen.push_str(before);
        seen.push(char::from_u32(number.parse().unwrap()).unwrap());
        rest = behind;
    }
    seen + rest
}

/// Whether one of these characters follows the text anywhere.
fn is_followed(text: &str, mark: &str, by: fn(char) -> bool) -> bool {
    let text = text.to_ascii_lowercase();
    text.match_indices(mark)
        .any(|(place, _)| text[place + mark.len()..].chars().next().is_some_and(by))
}

fn check(written: &str, source: &str) {
    let is_word = |character: char| character.is_ascii_alphanumeric();
    // Of the syntax of Markdown and HTML nothing is left but character references.
    let bare = written.replace("&#", "");
    for character in "`*_[]()<>|\\~!{}$^:#%\n\r\u{1b}\u{202e}".chars() {
        assert!(
            !bare.contains(character),
            "{character:?} in `{written}` of `{source:?}`"
        );
    }
    assert!(
        !written.to_ascii_lowercase().contains("www."),
        "`{written}` of `{source:?}`"
    );
    let seen = seen(written);
    assert!(
        !is_followed(&seen, "@", is_word),
        "`{written}` of `{source:?}`"
    );
}

#[test]
fn text_has_no_effect_on_what_stands_around_it() {
    let redactor = Redactor::default();
    let mut dice = Dice(7);
    for _ in 0..20_000 {
        let source = dice.text();
        let written = Scribe::new(&redactor).text(&source);
        check(&written, &source);
        let seen = seen(&written);
        let is_digit = |character: char| character.is_ascii_digit();
        for mark in ["#", "gh-"] {
            assert!(
                !is_followed(&seen, mark, is_digit),
                "`{written}` of `{source:?}`"
            );
        }
        let words = seen.split(|character: char| !character.is_ascii_alphanumeric());
        let hashes = words.filter(|word| {
            COMMIT.contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        assert_eq!(hashes.count(), 0, "`{written}` of `{source:?}`");
    }
}

#[test]
fn code_has_none_either_and_ends_where_it_should() {
    let redactor = Redactor::default();
    let mut dice = Dice(11);
    for _ in 0..20_000 {
        let source = dice.text();
        let written = Scribe::new(&redactor).code(&source);
        let inside = written
            .strip_prefix("<code>")
            .unwrap()
            .strip_suffix("</code>")
            .unwrap();
        check(inside, &source);
    }
}

#[test]
fn a_block_ends_where_it_should() {
    let redactor = Redactor::default();
    let mut dice = Dice(13);
    for _ in 0..20_000 {
        let source = dice.text();
        let written = Scribe::new(&redactor).block(&source);
        let lines: Vec<&str> = written.lines().collect();
        let fence = lines[0].strip_suffix("text").unwrap();
        assert_eq!(*lines.last().unwrap(), fence, "{source:?}");
        let inside = &lines[1..lines.len() - 1];
        assert!(inside.iter().all(|line| !line.contains(fence)), "{written}");
        assert!(!written.contains('\u{1b}'), "{source:?}");
    }
}

#[test]
fn a_charts_title_is_words_and_no_keyword() {
    let redactor = Redactor::default();
    let mut dice = Dice(17);
    for _ in 0..20_000 {
        let source = dice.text();
        let title = Scribe::new(&redactor).chart_title(&source);
        assert!(title.chars().all(is_chartable), "`{title}` of `{source:?}`");
        let first = title.split(' ').next().unwrap().to_ascii_lowercase();
        assert!(!KEYWORDS.contains(&&*first), "`{title}` of `{source:?}`");
    }
}
