//! Foreign text in GitHub's Markdown: redacted first, then written so that none of it takes effect.
//!
//! Backslashes do not stop mentions, references and bare links, so punctuation becomes character references
//! (<https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references>), which no part of the syntax reads.

use super::defuse;
use crate::secret::Redactor;

/// Parts `@name`, `#1` and the like, which GitHub looks for after the Markdown is rendered. It has no width.
/// <https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls>
const PART: char = '\u{200b}';
/// GitHub links a commit by so many digits of its hash, and by all of them.
const COMMIT: std::ops::RangeInclusive<usize> = 7..=40;

/// What EC2's ids begin with, of which the rest looks like a commit.
const EC2: [&str; 9] = [
    "ami-", "eni-", "i-", "lt-", "sg-", "snap-", "subnet-", "vol-", "vpc-",
];

/// What a line of a chart may not begin with. <https://mermaid.js.org/syntax/gantt.html>
const KEYWORDS: [&str; 14] = [
    "acctitle",
    "accdescr",
    "axisformat",
    "click",
    "dateformat",
    "excludes",
    "gantt",
    "includes",
    "inclusiveenddates",
    "section",
    "tickinterval",
    "title",
    "todaymarker",
    "weekday",
];

/// Writes foreign text. There is no way to the escapes around the redactor.
#[derive(Clone, Copy)]
pub(crate) struct Scribe<'a> {
    redactor: &'a Redactor,
}

impl<'a> Scribe<'a> {
    /// A scribe that hides what `redactor` knows.
    pub(crate) fn new(redactor: &'a Redactor) -> Self {
        Self { redactor }
    }

    /// Running text on one line, also in a table's cell.
    pub(crate) fn text(self, foreign: &str) -> String {
        let mut written = String::with_capacity(foreign.len());
        for character in parted(&one_line(&self.clean(foreign))).chars() {
            push(&mut written, character);
            if matches!(character, '@' | '#') {
                written.push(PART);
            }
        }
        written
    }

    /// A sentence of ours: what stands between two backticks is set in a monospaced face, and nothing else has an effect.
    pub(crate) fn sentence(self, ours: &str) -> String {
        let parts: Vec<&str> = ours.split('`').collect();
        if parts.len().is_multiple_of(2) {
            return self.text(ours);
        }
        let blank = |end: Option<char>| {
            if end.is_some_and(char::is_whitespace) {
                " "
            } else {
                ""
            }
        };
        let written = parts.iter().enumerate().map(|(number, part)| {
            if number.is_multiple_of(2) {
                // A line's own ends are trimmed; these are in the middle of one.
                let (before, after) = (blank(part.chars().next()), blank(part.chars().last()));
                format!("{before}{}{after}", self.text(part))
            } else {
                self.code(part)
            }
        });
        written.collect()
    }

    /// Text in a monospaced face on one line, also in a table's cell and in a link. GitHub looks for no mentions in it, but for
    /// addresses of mail.
    pub(crate) fn code(self, foreign: &str) -> String {
        let mut written = String::with_capacity(foreign.len() + 13);
        written.push_str("<code>");
        for character in one_line(&self.clean(foreign)).chars() {
            push(&mut written, character);
            if character == '@' {
                written.push(PART);
            }
        }
        written.push_str("</code>");
        written
    }

    /// A block of lines exactly as they are, in a fence longer than any run of backticks among them.
    pub(crate) fn block(self, foreign: &str) -> String {
        self.fenced("text", foreign)
    }

    /// The same for commands of a shell.
    pub(crate) fn commands(self, foreign: &str) -> String {
        self.fenced("sh", foreign)
    }

    /// A title in a chart: letters, digits and a little punctuation. Mermaid has no escapes for the rest.
    pub(crate) fn chart_title(self, foreign: &str) -> String {
        let plain: String = self
            .clean(foreign)
            .chars()
            .map(|character| {
                if is_chartable(character) {
                    character
                } else {
                    ' '
                }
            })
            .collect();
        let mut words: Vec<&str> = plain.split_whitespace().collect();
        let first = words.first().map(|word| word.to_ascii_lowercase());
        if first.is_none_or(|first| KEYWORDS.contains(&&*first)) {
            words.insert(0, "Step");
        }
        words.join(" ").chars().take(60).collect()
    }

    fn fenced(self, language: &str, foreign: &str) -> String {
        let text = self.clean(foreign);
        let fence = "`".repeat(longest_run(&text).max(2) + 1);
        let text = text.trim_end_matches('\n');
        format!("{fence}{language}\n{text}\n{fence}\n")
    }

    fn clean(self, foreign: &str) -> String {
        without_colours(&defuse::strip_escapes(&self.redactor.redact(foreign)))
    }
}

/// Letters of every script are harmless. `-` and `.` are harmless inside a line, and names are full of them.
fn push(written: &mut String, character: char) {
    match character {
        ' ' | '-' | '.' | ',' | '/' | '=' | '+' | '@' | '\'' | '"' | '?' | ';' => {
            written.push(character)
        }
        _ if character.is_ascii_punctuation() => {
            written.push_str(&format!("&#{};", u32::from(character)))
        }
        _ => written.push(character),
    }
    // `www.` is a link without a scheme; a break before its dot ends that.
    if written.ends_with("www.") {
        written.truncate(written.len() - 1);
        written.push_str("&#46;");
    }
}

/// Breaks what GitHub takes for an issue (`GH-1`) or a commit: words of seven and more hexadecimal digits, unless they are the
/// end of an id of EC2's.
fn parted(text: &str) -> String {
    let mut parted = String::with_capacity(text.len());
    let mut before = "";
    for word in text.split_inclusive(|character: char| !character.is_ascii_alphanumeric()) {
        let bare = word.trim_end_matches(|character: char| !character.is_ascii_alphanumeric());
        let is_hash = COMMIT.contains(&bare.len())
            && bare.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !(matches!(bare.len(), 8 | 17) && EC2.contains(&before));
        if is_hash {
            // All of its characters are ASCII's, but for the last one, which is no digit.
            let mut rest = word;
            while rest.len() >= *COMMIT.start() {
                let (first, others) = rest.split_at(COMMIT.start() / 2);
                parted.push_str(first);
                parted.push(PART);
                rest = others;
            }
            parted.push_str(rest);
        } else {
            parted.push_str(word);
        }
        if bare.to_ascii_lowercase().ends_with("gh") && word.ends_with('-') {
            parted.push(PART);
        }
        before = word;
    }
    parted
}

fn is_chartable(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, ' ' | '-' | '.' | '_' | '/' | '(' | ')')
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// The colours that [`defuse::strip_escapes`] leaves are for consoles.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
    }
    plain
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|character| character != '`').map(str::len);
    runs.max().unwrap_or_default()
}

#[cfg(test)]
mod hostile;

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(act: impl FnOnce(Scribe<'_>) -> T) -> T {
        let redactor = Redactor::default();
        redactor.hide_credential("p*ss`word");
        act(Scribe::new(&redactor))
    }

    #[test]
    fn a_sentence_sets_what_it_quotes_in_code_and_lets_nothing_take_effect() {
        let redactor = Redactor::default();
        let scribe = Scribe::new(&redactor);
        assert_eq!(
            scribe.sentence("instance `i-1` in `eu`"),
            "instance <code>i&#45;1</code> in <code>eu</code>".replace("&#45;", "-")
        );
        assert!(!scribe.sentence("odd ` <b>").contains("<b>"));
        assert!(!scribe.sentence("a `<b>` b").contains("<b>"));
    }

    #[test]
    fn nobody_is_mentioned_and_nothing_is_referred_to() {
        assert_eq!(
            with(|scribe| scribe.text("@octocat #1")),
            "@\u{200b}octocat &#35;\u{200b}1"
        );
    }

    #[test]
    fn neither_links_nor_html_nor_comments_take_effect() {
        let text = with(|scribe| scribe.text("[a](https://b) <img> <!-- ami-build:v1 --> www.c"));
        for part in ["[", "](", "://", "<", "<!--", "www."] {
            assert!(!text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn neither_issues_commits_nor_mail_are_linked() {
        let hash = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
        assert_eq!(
            with(|scribe| scribe.text(&format!("GH-12 {hash} 6dcb09b"))),
            format!(
                "GH-\u{200b}12 {} 6dc\u{200b}b09b",
                "6dc b09 b5b 578 75f 334 f61 aeb ed6 95e 2e4 193 db5e".replace(' ', "\u{200b}")
            )
        );
        assert_eq!(
            with(|scribe| scribe.code("a@b.c")),
            "<code>a@\u{200b}b.c</code>"
        );
        let ids = "i-0123456789abcdef0 and snap-0123abcd";
        assert_eq!(with(|scribe| scribe.text(ids)), ids);
    }

    #[test]
    fn a_cell_of_a_table_stays_one_cell() {
        assert_eq!(
            with(|scribe| scribe.code("a|b\n|c`d")),
            "<code>a&#124;b &#124;c&#96;d</code>"
        );
    }

    #[test]
    fn an_image_id_stays_readable_in_the_source() {
        assert_eq!(
            with(|scribe| scribe.code("ami-0123456789abcdef0")),
            "<code>ami-0123456789abcdef0</code>"
        );
    }

    #[test]
    fn a_secret_is_hidden_before_its_characters_are_escaped() {
        assert_eq!(
            with(|scribe| scribe.code("x p*ss`word y")),
            "<code>x &#42;&#42;&#42; y</code>"
        );
    }

    #[test]
    fn a_fence_is_longer_than_any_in_its_text() {
        assert_eq!(
            with(|scribe| scribe.block("a\n````\nb\n")),
            "`````text\na\n````\nb\n`````\n"
        );
    }

    #[test]
    fn colours_do_not_reach_markdown() {
        assert_eq!(
            with(|scribe| scribe.block("\u{1b}[1;31mred\u{1b}[0m")),
            "```text\nred\n```\n"
        );
    }

    #[test]
    fn a_charts_title_cannot_end_its_line_or_the_chart() {
        assert_eq!(
            with(|scribe| scribe.chart_title("Provisioner 1: shell\n```\nsection x;%%")),
            "Provisioner 1 shell section x"
        );
    }
}
