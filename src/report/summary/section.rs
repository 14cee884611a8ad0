//! Parts of a report, and what goes first where not all of them fit.

/// How much a section matters; the last goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// What it is about.
    Head,
    /// What is left behind.
    Remaining,
    /// Images.
    Images,
    /// Why it failed.
    Error,
    /// The command that launches a machine of it.
    Launch,
    /// What has changed, in a sentence.
    Changes,
    /// What could be better.
    Advice,
    /// What it costs.
    Cost,
    /// The chart.
    Timeline,
    /// What has changed, one by one.
    Packages,
    /// What was cleaned up.
    Cleaned,
    /// The log's end.
    Log,
}

/// A part of the report that stays whole or goes.
#[derive(Clone, Debug)]
pub(super) struct Section {
    rank: Rank,
    text: String,
}

impl Section {
    /// A part.
    pub(super) fn new(rank: Rank, text: String) -> Self {
        Self { rank, text }
    }
}

const LEFT_OUT: &str = "*Some of this report did not fit here; the log has all of it.*\n";

/// Joins the sections within `room` bytes.
pub(super) fn fit(mut sections: Vec<Section>, room: usize) -> String {
    let mut left_out = false;
    while length(&sections) + LEFT_OUT.len() > room {
        // The largest of the least important rank: one long log costs the others nothing.
        let droppable = sections
            .iter()
            .enumerate()
            .filter(|(_, section)| section.rank > Rank::Head);
        let Some((number, _)) =
            droppable.max_by_key(|(_, section)| (section.rank, section.text.len()))
        else {
            break;
        };
        sections.remove(number);
        left_out = true;
    }
    let mut texts: Vec<&str> = sections
        .iter()
        .map(|section| section.text.as_str())
        .collect();
    if left_out {
        texts.push(LEFT_OUT);
    }
    cut(texts.join("\n"), room)
}

fn length(sections: &[Section]) -> usize {
    sections.iter().map(|section| section.text.len() + 1).sum()
}

/// Only heads are left when this has to cut: hundreds of builds.
fn cut(mut text: String, room: usize) -> String {
    if text.len() > room {
        let end = text.floor_char_boundary(room);
        text.truncate(text[..end].rfind('\n').map_or(0, |line| line + 1));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_important_and_longest_goes_first() {
        let sections = vec![
            Section::new(Rank::Head, "head\n".to_owned()),
            Section::new(Rank::Log, "short log\n".to_owned()),
            Section::new(Rank::Log, "long log ".repeat(20)),
            Section::new(Rank::Images, "images\n".to_owned()),
        ];
        assert_eq!(
            fit(sections, 120),
            format!("head\n\nshort log\n\nimages\n\n{LEFT_OUT}")
        );
    }

    #[test]
    fn what_fits_stays_whole() {
        assert_eq!(
            fit(vec![Section::new(Rank::Log, "log\n".to_owned())], 1000),
            "log\n"
        );
    }

    #[test]
    fn heads_alone_are_cut_at_a_line() {
        let sections = (0..100)
            .map(|_| Section::new(Rank::Head, "ä line\n".to_owned()))
            .collect();
        let text = fit(sections, 100);
        assert!(text.len() <= 100 && text.ends_with("line\n\n"), "{text}");
    }
}
