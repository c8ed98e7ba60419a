//! sha2 0.11 under the version number that crrl asks for.
//!
//! crrl 0.9 depends on sha2 0.10 with its default features. They link `std`, whose
//! panic handler cannot stand beside that of a component without `std`.
#![no_std]
pub use current::*;
