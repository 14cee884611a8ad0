//! What `sudo` is told: the options that scripts give it.

/// Of one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// `-u`; without it, root.
    pub(super) user: Option<String>,
    /// `-g`.
    pub(super) group: Option<String>,
    pub(super) variables: Kept,
    /// `-H`.
    pub(super) home: Home,
    pub(super) shell: Shell,
    /// `NAME=value` before the command.
    pub(super) assignments: Vec<(String, String)>,
    /// Where it begins: `-D`.
    pub(super) directory: Option<String>,
    pub(super) command: Vec<String>,
}

/// Which variables of the caller stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Kept {
    /// A few harmless ones.
    #[default]
    Few,
    /// Those and the named: `--preserve-env=A,B`.
    Named(Vec<String>),
    /// All but the harmful ones: `-E`.
    All,
}

/// Whose home `HOME` is with `-E`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Home {
    #[default]
    AsKept,
    /// `-H`.
    Target,
}

/// Whether a shell runs the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shell {
    #[default]
    None,
    /// `-s`: the caller's.
    Plain,
    /// `-i`: the other user's, as at a login.
    Login,
}

/// What a call asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A command, or a shell.
    Run(Options),
    /// Nothing but a yes: `-v`, `-k`, `-l`.
    Nothing,
    /// The version.
    Version,
}

/// Reads the words after `sudo`.
pub(super) fn read(words: &[String]) -> Result<Asked, String> {
    let mut options = Options::default();
    let mut words = words.iter();
    let mut only_yes = false;
    while let Some(word) = words.as_slice().first() {
        if let Some((name, value)) = assignment(word) {
            options
                .assignments
                .push((name.to_owned(), value.to_owned()));
        } else if !word.starts_with('-') || word == "-" {
            break;
        } else if word == "--version" || word == "-V" {
            return Ok(Asked::Version);
        } else if word == "--" {
            words.next();
            break;
        } else if let Some(long) = word.strip_prefix("--") {
            words.next();
            only_yes |= long_option(long, &mut options, &mut words)?;
            continue;
        } else {
            let letters = word[1..].to_owned();
            words.next();
            only_yes |= short_options(&letters, &mut options, &mut words)?;
            continue;
        }
        words.next();
    }
    options.command = words.cloned().collect();
    if options.command.is_empty() && options.shell == Shell::None {
        return if only_yes {
            Ok(Asked::Nothing)
        } else {
            Err("usage: sudo [-EHinS] [-u user] [-g group] [VAR=value] [-i | -s] [command]".into())
        };
    }
    Ok(Asked::Run(options))
}

fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let mut letters = name.chars();
    let begins = letters.next()?;
    let is_name = (begins.is_ascii_alphabetic() || begins == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    is_name.then_some((name, value))
}

type Words<'a> = std::slice::Iter<'a, String>;

/// Reads letters behind one dash; says whether one of them wants nothing but a yes.
fn short_options(
    letters: &str,
    options: &mut Options,
    words: &mut Words<'_>,
) -> Result<bool, String> {
    let mut only_yes = false;
    for (at, letter) in letters.char_indices() {
        let rest = &letters[at + letter.len_utf8()..];
        match letter {
            'E' => options.variables = Kept::All,
            'H' => options.home = Home::Target,
            'i' => options.shell = Shell::Login,
            's' => options.shell = Shell::Plain,
            'v' | 'k' | 'K' | 'l' => only_yes = true,
            // Nobody asks for a password here.
            'n' | 'S' | 'A' | 'B' | 'P' | 'N' => {}
            'u' | 'g' | 'p' | 'D' | 'C' | 'h' | 'r' | 't' | 'T' | 'U' => {
                let value = match rest {
                    "" => words.next().cloned().unwrap_or_default(),
                    value => value.to_owned(),
                };
                take(letter, value, options);
                return Ok(only_yes);
            }
            other => return Err(format!("sudo: a rehearsal's sudo has no option `-{other}`")),
        }
    }
    Ok(only_yes)
}

fn long_option(long: &str, options: &mut Options, words: &mut Words<'_>) -> Result<bool, String> {
    let (name, value) = match long.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (long, None),
    };
    let mut value = || {
        value
            .clone()
            .or_else(|| words.next().cloned())
            .unwrap_or_default()
    };
    match name {
        "preserve-env" if long.contains('=') => {
            options.variables = Kept::Named(value().split(',').map(str::to_owned).collect());
        }
        "preserve-env" => options.variables = Kept::All,
        "set-home" => options.home = Home::Target,
        "login" => options.shell = Shell::Login,
        "shell" => options.shell = Shell::Plain,
        "user" => take('u', value(), options),
        "group" => take('g', value(), options),
        "chdir" => take('D', value(), options),
        "prompt" | "close-from" | "host" | "role" | "type" => drop(value()),
        "validate" | "reset-timestamp" | "remove-timestamp" | "list" => return Ok(true),
        "non-interactive" | "stdin" | "askpass" | "bell" | "preserve-groups" | "no-update" => {}
        other => {
            return Err(format!(
                "sudo: a rehearsal's sudo has no option `--{other}`"
            ));
        }
    }
    Ok(false)
}

/// Options with a value; those that are not here change nothing that a script could see.
fn take(letter: char, value: String, options: &mut Options) {
    match letter {
        'u' => options.user = Some(value),
        'g' => options.group = Some(value),
        'D' => options.directory = Some(value),
        _ => {}
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    fn asked(line: &str) -> Result<Asked, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        read(&words)
    }

    fn options(line: &str) -> Options {
        match asked(line) {
            Ok(Asked::Run(options)) => options,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_calls_of_packers_documentation_are_understood() {
        let read = options("-S env PACKER_BUILD_NAME=x sh /tmp/script.sh");
        assert_eq!(read.command[..2], ["env", "PACKER_BUILD_NAME=x"]);
        let read = options("-S -E bash -eux /tmp/script.sh");
        assert_eq!((read.variables, read.command.len()), (Kept::All, 3));
        let read = options("-HEu postgres A=1 psql -c");
        assert_eq!(read.user.as_deref(), Some("postgres"));
        assert_eq!(read.assignments, [("A".to_owned(), "1".to_owned())]);
        assert_eq!(read.command, ["psql", "-c"]);
        assert_eq!(read.home, Home::Target);
    }

    #[test]
    fn a_value_may_stand_in_the_next_word_or_in_the_same_one() {
        assert_eq!(options("-uroot id").user.as_deref(), Some("root"));
        assert_eq!(options("--user=ada id").user.as_deref(), Some("ada"));
        assert_eq!(options("--user ada -- -x").command, ["-x"]);
        let named = Kept::Named(vec!["A".into(), "B".into()]);
        assert_eq!(options("--preserve-env=A,B id").variables, named);
    }

    #[test]
    fn a_shell_needs_no_command_and_everything_else_does() {
        assert_eq!(options("-i").shell, Shell::Login);
        assert_eq!(asked("-n -v"), Ok(Asked::Nothing));
        assert!(asked("").unwrap_err().starts_with("usage:"));
        assert!(asked("-u root").unwrap_err().starts_with("usage:"));
    }

    #[test]
    fn an_option_that_is_not_known_is_named() {
        assert!(asked("-nZ id").unwrap_err().contains("`-Z`"));
        assert!(
            asked("--background id")
                .unwrap_err()
                .contains("`--background`")
        );
    }
}
