//! The decision by sentences, the doing against the model, and ten thousand accounts by chance.

mod account;
mod closing;
mod random;
mod removing;
mod rules;
