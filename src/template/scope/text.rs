//! Rendering one text.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use time::OffsetDateTime;

use super::RenderError;
use super::functions::Dispatcher;
use super::section::Section;
use crate::facts::Facts;
use crate::lookups::Lookups;
use crate::template::gotmpl::{self, Value};

/// Packer renders again until nothing changes, for ever if need be; a text that still changes after this many rounds is left as it is.
const MOST_ROUNDS: usize = 100;

/// Everything that a text may refer to. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub(super) section: Section,
    pub(super) variables: Arc<BTreeMap<String, String>>,
    pub(super) world: Arc<World>,
    pub(super) build: Option<Arc<BuildNames>>,
}

/// What does not change while the program runs.
#[derive(Debug)]
pub(super) struct World {
    pub(super) now: OffsetDateTime,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) lookups: Lookups,
    pub(super) template_directory: String,
    pub(super) working_directory: String,
}

/// What `build_name` and `build_type` answer.
#[derive(Debug)]
pub(super) struct BuildNames {
    pub(super) name: String,
    pub(super) kind: String,
}

impl Scope {
    /// A scope outside of any build.
    pub(crate) fn new(
        facts: &Facts,
        section: Section,
        variables: Arc<BTreeMap<String, String>>,
    ) -> Self {
        let world = World {
            now: facts.now,
            environment: facts.environment.clone(),
            lookups: facts.lookups.clone(),
            template_directory: display(&facts.template_directory),
            working_directory: display(&facts.working_directory),
        };
        Self {
            section,
            variables,
            world: Arc::new(world),
            build: None,
        }
    }

    /// The same for another section.
    #[must_use]
    pub(crate) fn with_section(&self, section: Section) -> Self {
        Self {
            section,
            ..self.clone()
        }
    }

    /// The same for the post-processors after these provisioners.
    #[must_use]
    pub(crate) fn for_post_processors(&self) -> Self {
        let build_keys = match self.section {
            Section::Provisioner { build_keys } | Section::PostProcessor { build_keys } => {
                build_keys
            }
            Section::Variables | Section::BuilderName | Section::Builder(_) => &[],
        };
        self.with_section(Section::PostProcessor { build_keys })
    }

    /// The same inside a build.
    #[must_use]
    pub(crate) fn with_build(&self, name: &str, kind: &str) -> Self {
        let names = BuildNames {
            name: name.to_owned(),
            kind: kind.to_owned(),
        };
        Self {
            build: Some(Arc::new(names)),
            ..self.clone()
        }
    }

    /// The same outside of any build.
    #[must_use]
    pub(crate) fn outside_builds(&self, section: Section) -> Self {
        Self {
            section,
            build: None,
            ..self.clone()
        }
    }

    /// Where its texts stand.
    pub(crate) fn section(&self) -> Section {
        self.section
    }

    /// The data that this section's texts are rendered with before there is a build.
    pub(crate) fn data_at_prepare(&self) -> Value {
        self.section.data_at_prepare()
    }

    /// Renders a text once.
    pub(crate) fn render(&self, text: &str, data: &Value) -> Result<String, RenderError> {
        if !text.contains("{{") {
            return Ok(text.to_owned());
        }
        let functions = Dispatcher { scope: self, data };
        gotmpl::parse(text, &functions)?.execute(data, &functions)
    }

    /// Renders a text, and what comes out again, until it stays the same.
    pub(crate) fn render_until_stable(
        &self,
        text: &str,
        data: &Value,
    ) -> Result<String, RenderError> {
        let mut text = text.to_owned();
        for _ in 0..MOST_ROUNDS {
            let rendered = self.render(&text, data)?;
            if rendered == text {
                break;
            }
            text = rendered;
        }
        Ok(text)
    }

    /// Whether a text can be rendered at all: its syntax, and that its functions exist.
    pub(crate) fn check(&self, text: &str) -> Result<(), RenderError> {
        if !text.contains("{{") {
            return Ok(());
        }
        gotmpl::parse(
            text,
            &Dispatcher {
                scope: self,
                data: &Value::Missing,
            },
        )
        .map(|_| ())
    }

    /// Makes a variable known to the texts that come after.
    pub(crate) fn set_variable(&mut self, name: &str, value: String) {
        Arc::make_mut(&mut self.variables).insert(name.to_owned(), value);
    }

    /// The variables as they are known here.
    pub(crate) fn variables(&self) -> &Arc<BTreeMap<String, String>> {
        &self.variables
    }
}

fn display(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
