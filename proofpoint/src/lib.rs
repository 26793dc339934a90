//! proofpoint
