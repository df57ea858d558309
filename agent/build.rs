//! How the agent is linked.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |what: &str| env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if (target("OS"), target("ENV")) == ("linux".to_owned(), "gnu".to_owned()) {
        // A twentieth of the program would be a table of addresses to move, which stays in memory. Packed, it
        // is a twentieth of that; it needs glibc 2.36, as Debian 12 has it. Older linkers ignore the wish.
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
