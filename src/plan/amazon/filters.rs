//! Filter blocks: `source_ami_filter`, `vpc_filter`, `subnet_filter`, `security_group_filter`.

use std::collections::BTreeMap;

use crate::template::fields::Fields;

/// Filter name → values, any of which may match.
pub(super) type Filters = Vec<(String, Vec<String>)>;

/// The `filters` map of a block, and the repeatable `filter { name value }` blocks over it.
pub(super) fn with_blocks(block: &mut Fields<'_>) -> BTreeMap<String, String> {
    let mut filters = block.map("filters");
    for mut filter in block.blocks("filter") {
        filters.insert(filter.text("name"), filter.text("value"));
        filter.finish();
    }
    filters
}

/// The filters as EC2 takes them. Packer reads each value as one CSV record: a comma means "or", a quoted one does not.
pub(super) fn values(filters: BTreeMap<String, String>) -> Filters {
    filters
        .into_iter()
        .map(|(name, value)| (name, csv_record(&value)))
        .collect()
}

/// One CSV record as Go's `encoding/csv` reads it with `TrimLeadingSpace` and `LazyQuotes`:
/// <https://pkg.go.dev/encoding/csv#Reader>.
fn csv_record(text: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let (value, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_value(quoted),
            None => plain_value(rest),
        };
        values.push(value);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return values,
        }
    }
}

fn plain_value(rest: &str) -> (String, &str) {
    let end = rest.find([',', '\n']).unwrap_or(rest.len());
    (rest[..end].trim_end_matches('\r').to_owned(), &rest[end..])
}

/// The inside of a quoted value. A doubled quote is one; a quote that no comma or line end follows is itself (lazy quotes).
fn quoted_value(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut rest = quoted;
    while let Some((before, after)) = rest.split_once('"') {
        value.push_str(before);
        if after.is_empty() || after.starts_with([',', '\n', '\r']) {
            return (value, after);
        }
        value.push('"');
        rest = after.strip_prefix('"').unwrap_or(after);
    }
    value.push_str(rest);
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::csv_record;

    #[test]
    fn a_comma_separates_values_and_leading_blanks_go() {
        assert_eq!(csv_record("a, b,\tc d "), ["a", "b", "c d "]);
    }

    #[test]
    fn a_quoted_comma_belongs_to_the_value() {
        assert_eq!(csv_record(r#""a,b", c"#), ["a,b", "c"]);
        assert_eq!(csv_record(r#""say ""x""",y"#), [r#"say "x""#, "y"]);
    }

    #[test]
    fn a_stray_quote_stands_for_itself() {
        assert_eq!(csv_record(r#"ubuntu 22" x,b"#), [r#"ubuntu 22" x"#, "b"]);
        assert_eq!(csv_record(r#""a"b,c"#), [r#"a"b,c"#]);
    }

    #[test]
    fn an_empty_text_is_one_empty_value_and_only_the_first_line_counts() {
        assert_eq!(csv_record(""), [""]);
        assert_eq!(csv_record("a,\nb"), ["a", ""]);
    }
}
