//! How a builder ended, in terms that all builders share.

use crate::build::GeneratedData;
use crate::ledger::Settled;
use crate::plan::OUR_BUILDERS;
use crate::post::Artifact;
use crate::report::conclusion::Conclusion;
use crate::report::result::Product;

/// How it ended, and what is left of it.
pub(super) struct BuilderEnd {
    /// What came out.
    pub(super) result: BuilderResult,
    /// `build` in post-processors.
    pub(super) data: GeneratedData,
    /// What was removed and what is left; `None` where nothing was created outside this machine.
    pub(super) settled: Option<Settled>,
}

/// What came out of a builder.
pub(super) enum BuilderResult {
    /// An artifact.
    Made {
        /// As Packer describes it.
        artifact: Artifact,
        /// As the report does.
        product: Product,
    },
    /// Nothing, as the template asked (`skip_create_ami`).
    Nothing,
    /// An error, as it is shown.
    Failed {
        /// With causes and hint.
        error: String,
        /// Its class.
        conclusion: Conclusion,
    },
    /// Somebody asked to stop.
    Cancelled,
}

impl BuilderEnd {
    /// The end of a builder that is Packer's and not ours; `build` refuses it before anything runs.
    pub(super) fn refused(kind: &str) -> Self {
        let error = format!("the builder `{kind}` cannot run here: ami-build runs {OUR_BUILDERS}");
        Self {
            result: BuilderResult::Failed {
                error,
                conclusion: Conclusion::Invalid,
            },
            data: GeneratedData::new(),
            settled: None,
        }
    }
}
