//! A template in Packer's words: its structure is right, and nothing in it is rendered yet.

use std::sync::Arc;

use super::document::{Document, Node};
use super::duration::GoDuration;
use super::source::Span;

/// A whole template.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    /// Where it was read from.
    pub(crate) document: Arc<Document>,
    /// `description`.
    pub(crate) description: Option<String>,
    /// `min_packer_version`.
    pub(crate) minimum_version: Option<(String, Span)>,
    /// `variables`, in the order of the template.
    pub(crate) variables: Vec<Variable>,
    /// Those of `sensitive-variables` that are declared.
    pub(crate) sensitive: Vec<String>,
    /// `builders`; their raw names differ.
    pub(crate) builders: Vec<RawBuilder>,
    /// `provisioners`.
    pub(crate) provisioners: Vec<RawProvisioner>,
    /// `error-cleanup-provisioner`.
    pub(crate) cleanup_provisioner: Option<RawProvisioner>,
    /// `post-processors`: sequences, some of which may be empty.
    pub(crate) post_processors: Vec<Vec<RawPostProcessor>>,
}

/// A declared variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: String,
    /// Its default; `None` means that it has to be given.
    pub(crate) default: Option<String>,
    /// Where its default stands.
    pub(crate) span: Span,
}

/// A builder.
#[derive(Clone, Debug)]
pub(crate) struct RawBuilder {
    /// Its name, not rendered; its type where it has none.
    pub(crate) name: String,
    /// `type`.
    pub(crate) kind: String,
    /// What is left for the builder itself.
    pub(crate) config: Node,
    /// Where its name stands, else its type.
    pub(crate) name_span: Span,
}

/// A provisioner.
#[derive(Clone, Debug)]
pub(crate) struct RawProvisioner {
    /// `type`.
    pub(crate) kind: String,
    /// For which builders.
    pub(crate) filter: BuilderFilter,
    /// `override`: settings by raw builder name.
    pub(crate) overrides: Vec<Override>,
    /// `pause_before`.
    pub(crate) pause_before: Option<GoDuration>,
    /// `timeout`.
    pub(crate) timeout: Option<GoDuration>,
    /// `max_retries`, not rendered.
    pub(crate) max_retries: Option<(String, Span)>,
    /// What is left for the provisioner itself.
    pub(crate) config: Node,
}

/// Other settings of a provisioner for one builder.
#[derive(Clone, Debug)]
pub(crate) struct Override {
    /// The raw name of the builder.
    pub(crate) builder: String,
    /// Where that name stands.
    pub(crate) span: Span,
    /// The settings.
    pub(crate) config: Node,
}

/// A post-processor.
#[derive(Clone, Debug)]
pub(crate) struct RawPostProcessor {
    /// `type`.
    pub(crate) kind: String,
    /// `name`; its type where it has none.
    pub(crate) name: String,
    /// For which builders.
    pub(crate) filter: BuilderFilter,
    /// `keep_input_artifact`.
    pub(crate) keep_input_artifact: Option<bool>,
    /// What is left for the post-processor itself.
    pub(crate) config: Node,
}

/// `only` and `except` of a provisioner or post-processor: raw builder names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BuilderFilter {
    /// `only`.
    pub(crate) only: Vec<String>,
    /// `except`.
    pub(crate) except: Vec<String>,
    /// Where either stands.
    pub(crate) span: Span,
}

impl BuilderFilter {
    /// Whether the component is left out of the builder with this raw name.
    pub(crate) fn skips(&self, builder: &str) -> bool {
        let names = |list: &[String]| list.iter().any(|name| name == builder);
        if self.only.is_empty() {
            names(&self.except)
        } else {
            !names(&self.only)
        }
    }
}
