//! How the lines of a command look.

use std::io::Write;

use super::Start;
use crate::cli::options::BuildOptions;
use crate::report::console::{Colour, Console, Form, Style, Timestamps};

/// What a command's flags say about how lines look.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    /// `-color=false`.
    pub(super) colourless: bool,
    /// `-timestamp-ui`.
    pub(super) timestamps: bool,
}

impl Look {
    /// Those of a build.
    pub(super) fn of(options: &BuildOptions) -> Self {
        Self {
            colourless: options.colourless,
            timestamps: options.timestamps,
        }
    }
}

/// The console of a command.
pub(super) fn console(start: &Start, form: Form, look: Look) -> Console {
    let colour = match (look.colourless, start.environment.get("PACKER_NO_COLOR")) {
        (true, _) => Colour::Off,
        (false, Some(_)) => Colour::LegendOnly,
        (false, None) => Colour::On,
    };
    let timestamps = if look.timestamps {
        Timestamps::Rfc3339(start.offset)
    } else {
        Timestamps::Off
    };
    let style = Style {
        form,
        colour,
        timestamps,
        reader: start.reader,
    };
    Console::new(
        style,
        start.redactor.clone(),
        Box::new(start.outlet.clone()) as Box<dyn Write + Send>,
    )
}
