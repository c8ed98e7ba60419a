//! Nothing: crrl names sha3, but uses it for Ed448 alone, which is not built here.
//!
//! As with sha2, the real one would link `std`.
#![no_std]
