//! `upper`, `lower`, `split`, `replace` and `replace_all`.

use thiserror::Error;

/// The longest text, in bytes, that a replacement may make: repeated replacements would grow without bound.
const MAX_TEXT_BYTES: usize = 8 << 20;

/// Why a text function failed, in Packer's words where Packer has them.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum TextError {
    /// `split` was asked for a piece past the last one.
    #[error(
        "the substring {index} was unavailable using the separator value, {separator}, only {count} values were found"
    )]
    NoSuchPiece {
        index: i64,
        separator: String,
        count: usize,
    },
    /// `split` was asked for a piece before the first one.
    #[error("runtime error: index out of range [{index}]")]
    NegativeIndex { index: i64 },
    /// The result would be too long.
    #[error("the result is longer than {MAX_TEXT_BYTES} bytes")]
    TooLong,
}

/// The text in upper case, character by character: where the capital is more than one character (`ß`), it stays.
pub(crate) fn upper(text: &str) -> String {
    text.chars()
        .map(|c| single(c.to_uppercase()).unwrap_or(c))
        .collect()
}

/// The text in lower case, character by character.
pub(crate) fn lower(text: &str) -> String {
    // The one character whose small letter is two in Unicode's full mapping; Go uses the simple one.
    text.chars()
        .map(|c| {
            if c == 'İ' {
                'i'
            } else {
                single(c.to_lowercase()).unwrap_or(c)
            }
        })
        .collect()
}

/// The only item of an iterator, if it is the only one.
fn single(mut characters: impl Iterator<Item = char>) -> Option<char> {
    characters.next().filter(|_| characters.next().is_none())
}

/// The piece at `index`, from 0, of the text cut at each separator; an empty separator cuts it into characters.
///
/// # Errors
///
/// [`TextError`] where there is no such piece.
pub(crate) fn split(text: &str, separator: &str, index: i64) -> Result<String, TextError> {
    let Ok(place) = usize::try_from(index) else {
        return Err(TextError::NegativeIndex { index });
    };
    let pieces: Vec<String> = match separator {
        "" => text.chars().map(String::from).collect(),
        _ => text.split(separator).map(str::to_owned).collect(),
    };
    let count = pieces.len();
    pieces
        .into_iter()
        .nth(place)
        .ok_or_else(|| TextError::NoSuchPiece {
            index,
            separator: separator.to_owned(),
            count,
        })
}

/// The text with the first `count` places of `old` replaced by `new`; a negative count means all.
///
/// An empty `old` stands before each character and at the end.
///
/// # Errors
///
/// [`TextError::TooLong`].
pub(crate) fn replace(old: &str, new: &str, count: i64, text: &str) -> Result<String, TextError> {
    let found = text.matches(old).count();
    let replaced = usize::try_from(count).unwrap_or(found).min(found);
    let length = replaced
        .saturating_mul(new.len())
        .saturating_add(text.len() - replaced * old.len());
    if length > MAX_TEXT_BYTES {
        return Err(TextError::TooLong);
    }
    Ok(text.replacen(old, new, replaced))
}

/// The text with every `old` replaced by `new`.
///
/// # Errors
///
/// [`TextError::TooLong`].
pub(crate) fn replace_all(old: &str, new: &str, text: &str) -> Result<String, TextError> {
    replace(old, new, -1, text)
}

#[cfg(test)]
mod tests {
    use super::{TextError, lower, replace, replace_all, split, upper};

    #[test]
    fn case_is_changed_character_by_character() {
        assert_eq!(upper("aé ßx1"), "AÉ ßX1");
        assert_eq!(lower("AÉ İΣ"), "aé iσ");
    }

    #[test]
    fn split_gives_the_piece_at_the_index() {
        assert_eq!(split("a-b-c", "-", 0), Ok("a".to_owned()));
        assert_eq!(split("a-b-c", "-", 2), Ok("c".to_owned()));
        assert_eq!(split("", "-", 0), Ok(String::new()));
    }

    #[test]
    fn an_empty_separator_splits_into_characters() {
        assert_eq!(split("aé-", "", 1), Ok("é".to_owned()));
        assert!(split("", "", 0).is_err());
    }

    #[test]
    fn a_piece_that_is_not_there_is_an_error_in_packers_words() {
        let past = split("a-b", "-", 5).expect_err("there are two pieces");
        let text = "the substring 5 was unavailable using the separator value, -, only 2 values were found";
        assert_eq!(past.to_string(), text);
        let before = split("a-b", "-", -1).expect_err("there is no piece before the first");
        assert_eq!(before.to_string(), "runtime error: index out of range [-1]");
    }

    #[test]
    fn replace_counts_from_the_left_and_negative_means_all() {
        assert_eq!(replace("a", "b", 1, "aaa"), Ok("baa".to_owned()));
        assert_eq!(replace("a", "b", 0, "aaa"), Ok("aaa".to_owned()));
        assert_eq!(replace("a", "b", -1, "aaa"), Ok("bbb".to_owned()));
        assert_eq!(replace("a", "b", 9, "aaa"), Ok("bbb".to_owned()));
        assert_eq!(replace_all("a", "b", "aaa"), Ok("bbb".to_owned()));
    }

    #[test]
    fn an_empty_text_is_found_between_all_characters() {
        assert_eq!(replace_all("", "-", "abc"), Ok("-a-b-c-".to_owned()));
        assert_eq!(replace("", "-", 2, "éb"), Ok("-é-b".to_owned()));
    }

    #[test]
    fn a_replacement_cannot_grow_without_bound() {
        let long = "x".repeat(1 << 20);
        assert_eq!(replace_all("", &long, &long), Err(TextError::TooLong));
    }
}
