//! Flags as Go's `flag` package reads them: one dash or two, `-x=v` or `-x v`, and all of them before the first argument.

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A value.
    Value,
    /// Nothing, or `=true` and `=false`.
    Switch,
}

/// One flag of a command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flag {
    /// Its name without dashes.
    pub(crate) name: &'static str,
    /// What it takes.
    pub(crate) takes: Takes,
}

/// A flag that was given, in the order of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its value; for a switch `true` or `false`.
    pub(crate) value: String,
}

/// A command line, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// The flags.
    pub(crate) flags: Vec<Given>,
    /// What follows them.
    pub(crate) arguments: Vec<String>,
}

/// Why a command line cannot be read. The texts are Go's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FlagError {
    /// `-h`, `-help`.
    #[error("flag: help requested")]
    Help,
    /// Not exactly one template is named.
    #[error("exactly one template must be named, after the flags")]
    NotOneTemplate,
    /// An argument where a command takes none.
    #[error("this command takes no arguments, only flags")]
    NoArguments,
    /// A flag that the command does not have.
    #[error("flag provided but not defined: -{0}")]
    Unknown(String),
    /// A flag at the end, without its value.
    #[error("flag needs an argument: -{0}")]
    NoValue(&'static str),
    /// A switch with another value than true or false.
    #[error("invalid boolean value \"{value}\" for -{name}: parse error")]
    NotBoolean {
        /// The flag.
        name: &'static str,
        /// What was given.
        value: String,
    },
    /// A value that the flag does not understand.
    #[error("invalid value \"{value}\" for flag -{name}: {reason}")]
    BadValue {
        /// The flag.
        name: &'static str,
        /// What was given.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
    /// `---x` or `-=x`.
    #[error("bad flag syntax: {0}")]
    Syntax(String),
}

/// Takes a command line apart.
pub(crate) fn parse(arguments: &[String], known: &[Flag]) -> Result<Parsed, FlagError> {
    let mut parsed = Parsed::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let Some(body) = flag_body(argument)? else {
            if argument != "--" {
                parsed.arguments.push(argument.clone());
            }
            parsed.arguments.extend(rest.cloned());
            break;
        };
        let (name, inline) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (body, None),
        };
        let Some(flag) = known.iter().find(|flag| flag.name == name) else {
            let help = matches!(name, "h" | "help");
            return Err(if help {
                FlagError::Help
            } else {
                FlagError::Unknown(name.to_owned())
            });
        };
        let value = match (flag.takes, inline) {
            (Takes::Switch, inline) => boolean(flag.name, inline)?,
            (Takes::Value, Some(value)) => value,
            (Takes::Value, None) => rest.next().cloned().ok_or(FlagError::NoValue(flag.name))?,
        };
        parsed.flags.push(Given {
            name: flag.name,
            value,
        });
    }
    Ok(parsed)
}

/// Go's `strconv.ParseBool`.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// The flag without its dashes, or `None` where the flags end.
fn flag_body(argument: &str) -> Result<Option<&str>, FlagError> {
    let Some(body) = argument.strip_prefix('-') else {
        return Ok(None);
    };
    let body = body.strip_prefix('-').unwrap_or(body);
    if argument == "-" || argument == "--" {
        return Ok(None);
    }
    if body.is_empty() || body.starts_with('-') || body.starts_with('=') {
        return Err(FlagError::Syntax(argument.to_owned()));
    }
    Ok(Some(body))
}

fn boolean(name: &'static str, inline: Option<String>) -> Result<String, FlagError> {
    let Some(value) = inline else {
        return Ok("true".to_owned());
    };
    match parse_bool(&value) {
        Some(value) => Ok(value.to_string()),
        None => Err(FlagError::NotBoolean { name, value }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Flag] = &[
        Flag {
            name: "var",
            takes: Takes::Value,
        },
        Flag {
            name: "force",
            takes: Takes::Switch,
        },
    ];

    fn read(line: &[&str]) -> Result<Parsed, FlagError> {
        let line: Vec<String> = line.iter().map(|&word| word.to_owned()).collect();
        parse(&line, KNOWN)
    }

    #[test]
    fn one_dash_and_two_mean_the_same() {
        assert_eq!(
            read(&["-var", "a=b", "t.json"]),
            read(&["--var=a=b", "t.json"])
        );
    }

    #[test]
    fn flags_end_at_the_first_argument() {
        let parsed = read(&["t.json", "-var", "a=b"]).unwrap();
        assert_eq!(parsed.arguments, ["t.json", "-var", "a=b"]);
        assert!(parsed.flags.is_empty());
    }

    #[test]
    fn a_single_dash_is_an_argument() {
        assert_eq!(read(&["-force", "-"]).unwrap().arguments, ["-"]);
    }

    #[test]
    fn an_unknown_flag_is_named() {
        assert_eq!(
            read(&["-bogus", "t.json"]),
            Err(FlagError::Unknown("bogus".to_owned()))
        );
    }

    #[test]
    fn a_switch_takes_gos_words_for_true_and_false() {
        assert_eq!(read(&["-force=F"]).unwrap().flags[0].value, "false");
        assert!(read(&["-force=maybe"]).is_err());
    }

    #[test]
    fn a_missing_value_is_said() {
        assert_eq!(read(&["-var"]), Err(FlagError::NoValue("var")));
    }
}
