//! ami-build.
