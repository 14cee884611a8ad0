//! "Did you mean": the known word nearest to a mistyped one.

/// Words longer than this are not mistyped keys.
const LONGEST: usize = 64;

/// The known word with the fewest edits from `word`, where those are few enough to be a slip.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let most = (word.len() / 3).clamp(1, 3);
    known
        .map(|candidate| (distance(&word, candidate), candidate))
        .filter(|(edits, _)| *edits <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance in bytes.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, from) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, to) in right.bytes().enumerate() {
            let substituted = diagonal + usize::from(from != to);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_key_that_was_meant() {
        assert_eq!(
            nearest("instnace_type", ["region", "instance_type"].into_iter()),
            Some("instance_type")
        );
    }

    #[test]
    fn a_word_that_resembles_nothing_finds_nothing() {
        assert_eq!(
            nearest("bogus", ["region", "instance_type"].into_iter()),
            None
        );
    }
}
