//! `{{ .Something }}` in a variable is meant for whoever uses the variable: it is taken out before rendering and put back after.

/// A text whose dotted actions are hidden behind tokens.
pub(super) struct Masked {
    /// The text to render.
    pub(super) text: String,
    token: String,
    actions: Vec<String>,
}

/// Hides the dotted actions of `text`.
///
/// Which ones they are follows Packer's expression `{{(\s|)\.(.*?)(\s|)}}`: at most one white space before the dot, and nothing
/// like a trim marker.
pub(super) fn mask(text: &str) -> Masked {
    let mut masked = Masked {
        text: String::new(),
        token: unused_token(text),
        actions: Vec::new(),
    };
    let mut rest = text;
    // Where a line holds no closing braces any more, nothing has to be searched for them again.
    let mut hopeless_until = 0;
    while let Some(start) = rest.find("{{") {
        let (before, from) = rest.split_at(start);
        masked.text.push_str(before);
        let at = text.len() - from.len();
        let attempt = if at < hopeless_until {
            Attempt::NotDotted
        } else {
            attempt(from)
        };
        if let Attempt::Action(length) = attempt {
            masked.text.push_str(&masked.token_of(masked.actions.len()));
            masked.actions.push(from[..length].to_owned());
            rest = &from[length..];
            continue;
        }
        if let Attempt::Unclosed(length) = attempt {
            hopeless_until = at + length;
        }
        masked.text.push('{');
        rest = &from[1..];
    }
    masked.text.push_str(rest);
    masked
}

impl Masked {
    /// Puts the actions back into what the text was rendered to.
    pub(super) fn unmask(&self, rendered: String) -> String {
        if self.actions.is_empty() {
            return rendered;
        }
        let mut pieces = rendered.split(self.token.as_str());
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (index, rest) = piece.split_once(';').unwrap_or((piece, ""));
            let action = index
                .parse()
                .ok()
                .and_then(|index: usize| self.actions.get(index));
            text.push_str(action.map_or("", String::as_str));
            text.push_str(rest);
        }
        text
    }

    fn token_of(&self, index: usize) -> String {
        format!("{}{index};", self.token)
    }
}

/// What a text that starts with `{{` begins with.
enum Attempt {
    /// A dotted action of this length.
    Action(usize),
    /// Something else.
    NotDotted,
    /// What would be one if its line were closed; no other one can begin in this many bytes.
    Unclosed(usize),
}

fn attempt(text: &str) -> Attempt {
    let inside = &text[2..];
    let is_space = |character: char| matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}');
    let Some(dotted) = inside
        .strip_prefix(is_space)
        .unwrap_or(inside)
        .strip_prefix('.')
    else {
        return Attempt::NotDotted;
    };
    let before = text.len() - dotted.len();
    for (at, byte) in dotted.bytes().enumerate() {
        match byte {
            b'}' if dotted[at..].starts_with("}}") => return Attempt::Action(before + at + 2),
            // `.` does not match the end of a line, but the one white space before the closing braces may be one.
            b'\n' if dotted[at..].starts_with("\n}}") => return Attempt::Action(before + at + 3),
            b'\n' => return Attempt::Unclosed(before + at),
            _ => {}
        }
    }
    Attempt::Unclosed(text.len())
}

/// A word that does not stand in the text. It has letters only, so that it can stand inside a template's string too.
fn unused_token(text: &str) -> String {
    let mut token = "Masked".to_owned();
    while text.contains(&token) {
        token.push('X');
    }
    token
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_actions_come_back_as_they_were() {
        for text in [
            "a {{.Foo}} {{ .Bar }} b",
            "{{ .X | upper }}{{.Y}}",
            "Masked {{.A}}",
            "{{{.A}}",
        ] {
            let masked = mask(text);
            assert!(!masked.text.contains("{{."), "{}", masked.text);
            assert_eq!(masked.unmask(masked.text.clone()), text);
        }
    }

    #[test]
    fn everything_else_stays_open_to_rendering() {
        for text in ["{{upper .X}}", "{{- .X}}", "{{  .X}}", "{{.A\nB}}", "{{.X"] {
            assert_eq!(mask(text).text, text);
        }
    }
}
