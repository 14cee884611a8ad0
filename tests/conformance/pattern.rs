//! Expected texts with places that differ from run to run.
//!
//! `<EPOCH>`: Unix seconds; `<N>`: digits; `<UUID>`; `<RFC3339>`: an instant. `<CWD>` and `<REMOTE>` are put in before.

/// How many bytes of a text a placeholder takes, where it fits at the beginning.
type Measure = fn(&str) -> Option<usize>;

/// What the placeholders stand for.
const PLACEHOLDERS: [(&str, Measure); 4] = [
    ("<EPOCH>", |text| Some(10).filter(|_| digits(text) == 10)),
    ("<N>", |text| Some(digits(text)).filter(|count| *count > 0)),
    ("<UUID>", uuid),
    ("<RFC3339>", instant),
];

/// Whether the whole text is as expected.
pub(crate) fn matches(expected: &str, text: &str) -> bool {
    taken(expected, text).is_some_and(|taken| taken == text.len())
}

/// Whether the text holds what is expected.
pub(crate) fn is_in(expected: &str, text: &str) -> bool {
    text.char_indices()
        .any(|(start, _)| taken(expected, &text[start..]).is_some())
        || expected.is_empty()
}

/// How many bytes of the text the expected one takes.
fn taken(mut expected: &str, text: &str) -> Option<usize> {
    let mut position = 0;
    loop {
        let rest = &text[position..];
        let placeholder = PLACEHOLDERS
            .iter()
            .filter_map(|(name, fits)| Some((expected.find(name)?, name, fits)))
            .min_by_key(|(start, _, _)| *start);
        let Some((start, name, fits)) = placeholder else {
            return rest
                .starts_with(expected)
                .then_some(position + expected.len());
        };
        let after = rest.strip_prefix(&expected[..start])?;
        position += start + fits(after)?;
        expected = &expected[start + name.len()..];
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn uuid(text: &str) -> Option<usize> {
    let text = text.as_bytes().get(..36)?;
    let fits = |(place, byte): (usize, &u8)| match place {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.iter().enumerate().all(fits).then_some(36)
}

/// `2006-01-02T15:04:05` with `Z` or `+01:00`.
fn instant(text: &str) -> Option<usize> {
    let shape = |shape: &str, text: &[u8]| {
        text.len() >= shape.len()
            && shape.bytes().zip(text).all(|(shape, byte)| match shape {
                b'0' => byte.is_ascii_digit(),
                b'+' => matches!(byte, b'+' | b'-'),
                other => other == *byte,
            })
    };
    let bytes = text.as_bytes();
    if shape("0000-00-00T00:00:00Z", bytes) {
        Some(20)
    } else {
        shape("0000-00-00T00:00:00+00:00", bytes).then_some(25)
    }
}

#[test]
fn a_placeholder_takes_what_it_stands_for() {
    assert!(matches("a<N>b", "a12b"));
    assert!(!matches("a<N>b", "ab"));
    assert!(matches("<EPOCH>,x", "1795369971,x"));
    assert!(!matches("<EPOCH>,x", "17953699711,x"));
    assert!(matches("<UUID>", "6761be75-5d4c-2b52-ac86-0d0e7f4c1d2e"));
    assert!(matches("at <RFC3339>", "at 2026-11-22T17:00:00+01:00"));
    assert!(!matches("at <RFC3339>", "at 2026-11-22"));
    assert!(is_in("b<N>", "ab1c"));
    assert!(!is_in("b<N>", "abc"));
}
