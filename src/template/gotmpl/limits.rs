//! The bounds that keep a hostile or mistaken template from hanging the program or exhausting its memory.
//!
//! Go bounds only the nesting of parentheses (10,000) and of template calls (100,000), and it allows any output.
//! These numbers are far above what real templates need, and need less than half of the 2 MiB stack of a worker
//! thread even in debug builds.

/// How deep parentheses and control blocks may nest in the text, `else if` chains included.
pub(super) const MAX_NESTING: usize = 64;

/// How deep the evaluation may nest, counted in control blocks, pipelines and `{{template}}` calls together.
pub(super) const MAX_EXECUTION_DEPTH: usize = 150;

/// The longest text, in bytes, that a template may write or a single value may hold.
pub(super) const MAX_TEXT_BYTES: usize = 8 << 20;

/// How much work one execution may do: each evaluated node costs [`NODE_COST`], each handled byte costs one.
pub(super) const MAX_WORK: usize = 64 << 20;

/// What evaluating one node of the tree costs, in the units of [`MAX_WORK`].
pub(super) const NODE_COST: usize = 16;

/// The widest width or precision that `printf` honours, as in Go's `fmt` (`tooLarge`).
pub(super) const MAX_FORMAT_NUMBER: i64 = 1_000_000;
