//! Sweeping in the model.

mod removing;
mod sparing;
mod yard;
