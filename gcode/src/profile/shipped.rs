//! The profiles that come with the crate, by name.

use super::Profile;

const SHIPPED: [(&str, &str); 18] = [
    ("anycubic-kossel", include_str!("../../profiles/anycubic-kossel.toml")),
    ("anycubic-kossel-plus", include_str!("../../profiles/anycubic-kossel-plus.toml")),
    ("anycubic-predator", include_str!("../../profiles/anycubic-predator.toml")),
    ("artillery-sidewinder", include_str!("../../profiles/artillery-sidewinder.toml")),
    ("core-one", include_str!("../../profiles/core-one.toml")),
    ("core-one-l", include_str!("../../profiles/core-one-l.toml")),
    ("ender3", include_str!("../../profiles/ender3.toml")),
    ("ender3-bltouch", include_str!("../../profiles/ender3-bltouch.toml")),
    ("ender3-s1", include_str!("../../profiles/ender3-s1.toml")),
    ("flsun-qqs", include_str!("../../profiles/flsun-qqs.toml")),
    ("generic", include_str!("../../profiles/generic.toml")),
    ("mini", include_str!("../../profiles/mini.toml")),
    ("mk3s", include_str!("../../profiles/mk3s.toml")),
    ("mk4", include_str!("../../profiles/mk4.toml")),
    ("voron-2.4-250", include_str!("../../profiles/voron-2.4-250.toml")),
    ("voron-2.4-300", include_str!("../../profiles/voron-2.4-300.toml")),
    ("voron-2.4-350", include_str!("../../profiles/voron-2.4-350.toml")),
    ("xl", include_str!("../../profiles/xl.toml")),
];

impl Profile {
    /// Returns a profile that comes with this crate.
    #[must_use]
    pub fn shipped(name: &str) -> Option<Self> {
        let (_, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
        Some(Self::parse(text).expect("shipped profiles parse: a test reads them all"))
    }

    /// Returns the names that [`Profile::shipped`] knows.
    pub fn shipped_names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_profile_in_the_folder_is_shipped_and_parses() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles");
        let files = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
        let names: BTreeSet<_> =
            files.filter_map(|f| Some(f.path().file_stem()?.to_owned())).collect();
        let shipped: BTreeSet<_> = Profile::shipped_names().map(Into::into).collect();
        assert_eq!(names, shipped);
        for name in Profile::shipped_names() {
            let profile = Profile::shipped(name).expect("it is shipped");
            assert!(profile.motion.is_some(), "{name} says how it moves");
        }
        assert_eq!(Profile::shipped("no such printer"), None);
    }

    #[test]
    fn a_model_has_one_profile() {
        let mut models = BTreeSet::new();
        for profile in Profile::shipped_names().filter_map(Profile::shipped) {
            for model in profile.models {
                assert!(models.insert(model.clone()), "{model} has two profiles");
            }
        }
    }
}
