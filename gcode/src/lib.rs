//! Reads a G-code file once.
