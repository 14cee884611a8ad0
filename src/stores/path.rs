//! Paths in URLs, as Go's `net/url` writes them.

/// The text with everything escaped that may not stand in a path (`url.URL.EscapedPath`).
pub(super) fn escaped(path: &str) -> String {
    const PLAIN: &[u8] = b"-_.~$&+,/:;=@";
    let mut escaped = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || PLAIN.contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// The text with everything escaped that may not stand in a query's value.
pub(super) fn escaped_value(text: &str) -> String {
    let escaped = escaped(text);
    let reserved = [
        ('$', "%24"),
        ('&', "%26"),
        ('+', "%2B"),
        (',', "%2C"),
        ('/', "%2F"),
        (':', "%3A"),
        (';', "%3B"),
        ('=', "%3D"),
        ('@', "%40"),
    ];
    reserved
        .iter()
        .fold(escaped, |text, (sign, escape)| text.replace(*sign, escape))
}

/// The path without empty parts, `.` and `..` (`path.Join`).
pub(super) fn joined(parts: &[&str]) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for part in parts.iter().flat_map(|part| part.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            part => kept.push(part),
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_escaped_as_go_escapes_it() {
        assert_eq!(
            escaped("secret/a b?c#d/é=@:"),
            "secret/a%20b%3Fc%23d/%C3%A9=@:"
        );
        assert_eq!(escaped("a%20b"), "a%2520b");
        assert_eq!(escaped_value("a/b&c=d"), "a%2Fb%26c%3Dd");
    }

    #[test]
    fn slashes_too_many_and_dots_vanish() {
        assert_eq!(joined(&["/v1/", "/secret//x/../y/"]), "/v1/secret/y");
        assert_eq!(joined(&["", "v1", "../.."]), "/");
    }
}
