//! What a line of filament is for, in the words of the slicers' comments.

/// A part of a print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Feature {
    OuterWall,
    InnerWall,
    /// Closed surfaces, above and below.
    Surface,
    Infill,
    Bridge,
    Support,
    Skirt,
    /// The start code's purge and the like: no part of the print.
    Custom,
    /// The slicer does not say.
    #[default]
    Unknown,
}

impl Feature {
    /// Reads `TYPE:External perimeter`, `FEATURE: Outer wall`, `feature outer perimeter` and their kind.
    pub(super) fn told_by(comment: &[u8]) -> Option<Self> {
        let text = comment.trim_ascii();
        let named = ["TYPE:", "FEATURE:", "feature "];
        let name = named.iter().find_map(|start| text.strip_prefix(start.as_bytes()))?;
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let has = |part: &str| name.contains(part);
        Some(match () {
            () if has("custom") || has("purge") || has("prime") => Self::Custom,
            () if has("skirt") || has("brim") || has("raft") => Self::Skirt,
            () if has("support") => Self::Support,
            () if has("bridge") || has("overhang") => Self::Bridge,
            () if has("solid") || has("top") || has("bottom") || has("skin") || has("iron") => {
                Self::Surface
            }
            () if has("ext") || has("outer") => Self::OuterWall,
            () if has("perimeter") || has("inner") || has("wall") => Self::InnerWall,
            () if has("fill") => Self::Infill,
            () => Self::Unknown,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slicers_say_it_in_their_own_words() {
        for (comment, feature) in [
            ("TYPE:External perimeter", Some(Feature::OuterWall)),
            ("TYPE:WALL-OUTER", Some(Feature::OuterWall)),
            (" FEATURE: Inner wall", Some(Feature::InnerWall)),
            (" feature outer perimeter", Some(Feature::OuterWall)),
            ("TYPE:Perimeter", Some(Feature::InnerWall)),
            ("TYPE:FILL", Some(Feature::Infill)),
            ("TYPE:Internal infill", Some(Feature::Infill)),
            ("TYPE:Top solid infill", Some(Feature::Surface)),
            ("TYPE:SKIN", Some(Feature::Surface)),
            ("TYPE:Support material interface", Some(Feature::Support)),
            ("TYPE:Skirt/Brim", Some(Feature::Skirt)),
            ("TYPE:Custom", Some(Feature::Custom)),
            ("TYPE:whatever", Some(Feature::Unknown)),
            ("LAYER:7", None),
        ] {
            assert_eq!(Feature::told_by(comment.as_bytes()), feature, "{comment}");
        }
    }
}
