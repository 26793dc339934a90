//! protegrity
