//! What may be printed: designs, their revisions, and a slice of each for every printer profile.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::{DesignId, ProfileId, RevisionId};

use super::event::Publication;
use super::{Change, Decision, Dispatcher, Refused};
use crate::clock::Timestamp;

/// All designs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    designs: BTreeMap<DesignId, BTreeMap<RevisionId, Revision>>,
}

/// An immutable version of a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// How far it is proven.
    pub channel: Channel,
    /// When it was published first.
    pub at: Timestamp,
    /// Its G-code by printer profile.
    pub slices: BTreeMap<ProfileId, Slice>,
    /// Why it was withdrawn, for the makers.
    pub withdrawn_because: Option<String>,
}

/// How far a revision is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Printed only for requests that name it.
    Prototype,
    /// In use by carers who report back.
    Clinical,
    /// Proven.
    Validated,
    /// Must not be started any more.
    Withdrawn,
}

/// The G-code of a revision for one printer profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Slice {
    /// SHA-256 of the G-code.
    #[schema(value_type = String)]
    pub digest: Digest,
    /// Its size in bytes.
    pub bytes: u64,
    /// Pieces that a plate gives.
    pub pieces: u32,
    /// The filament it was sliced for, like `PETG`.
    pub material: Option<String>,
    /// The slicer's estimate of the print in seconds.
    pub expected_seconds: Option<u32>,
    /// The slicer's estimate of the filament in grams.
    pub filament_grams: Option<u32>,
    /// What a maker should know.
    pub notes: String,
}

impl Catalogue {
    /// Returns the designs and their revisions.
    pub fn designs(&self) -> impl Iterator<Item = (&DesignId, &BTreeMap<RevisionId, Revision>)> {
        self.designs.iter()
    }

    /// Returns a revision.
    #[must_use]
    pub fn revision(&self, design: &DesignId, revision: &RevisionId) -> Option<&Revision> {
        self.designs.get(design)?.get(revision)
    }

    pub(crate) fn publish(&mut self, design: DesignId, revision: RevisionId, published: Revision) {
        self.designs.entry(design).or_default().insert(revision, published);
    }

    /// Says why a revision was withdrawn; nothing if it was not.
    pub(super) fn why_withdrawn(&self, design: &DesignId, revision: &RevisionId) -> Option<&str> {
        self.revision(design, revision)?.withdrawn_because.as_deref()
    }

    pub(super) fn withdraw(&mut self, design: &DesignId, revision: &RevisionId, why: &str) {
        let revisions = self.designs.get_mut(design).expect("a withdrawn revision has a design");
        let withdrawn = revisions.get_mut(revision).expect("a withdrawn revision was published");
        withdrawn.channel = Channel::Withdrawn;
        withdrawn.withdrawn_because = Some(why.to_owned());
    }

    /// Returns the revisions that may be started for a request, newest first.
    pub(super) fn eligible<'a>(
        &'a self,
        design: &DesignId,
        only: Option<&'a RevisionId>,
    ) -> Vec<(&'a RevisionId, &'a Revision)> {
        let Some(revisions) = self.designs.get(design) else { return Vec::new() };
        let accepted = |name: &RevisionId, revision: &Revision| match (only, revision.channel) {
            (_, Channel::Withdrawn) => false,
            (Some(only), _) => only == name,
            (None, channel) => channel != Channel::Prototype,
        };
        let mut eligible: Vec<_> =
            revisions.iter().filter(|(name, revision)| accepted(name, revision)).collect();
        eligible.sort_by_key(|(_, revision)| std::cmp::Reverse(revision.at));
        eligible
    }

    /// Returns the pieces that a plate gives, for planning: the largest of the newest revision.
    pub(super) fn pieces_per_plate(
        &self,
        design: &DesignId,
        only: Option<&RevisionId>,
    ) -> Option<u32> {
        let (_, newest) = *self.eligible(design, only).first()?;
        newest.slices.values().map(|slice| slice.pieces).max()
    }
}

impl Dispatcher {
    pub(super) fn decide_published(
        &self,
        design: &DesignId,
        revision: &RevisionId,
        brought: &Publication,
    ) -> Decision {
        let known = self.catalogue.revision(design, revision);
        let mut published = match known {
            Some(known) if known.channel == Channel::Withdrawn => {
                return Decision::refuse(Refused::Withdrawn {
                    design: design.clone(),
                    revision: revision.clone(),
                });
            }
            Some(known) => Revision { channel: brought.channel, ..known.clone() },
            None => Revision {
                channel: brought.channel,
                at: brought.at,
                slices: BTreeMap::new(),
                withdrawn_because: None,
            },
        };
        for (profile, slice) in &brought.slices {
            let before = published.slices.insert(profile.clone(), slice.clone());
            if before.is_some_and(|before| {
                (before.digest, before.pieces) != (slice.digest, slice.pieces)
            }) {
                return Decision::refuse(Refused::Changed {
                    design: design.clone(),
                    revision: revision.clone(),
                    profile: profile.clone(),
                });
            }
        }
        if known == Some(&published) {
            return Decision::default();
        }
        Decision::change(Change::RevisionPublished {
            design: design.clone(),
            revision: revision.clone(),
            published,
        })
    }

    pub(super) fn decide_withdrawn(
        &self,
        design: &DesignId,
        revision: &RevisionId,
        why: &str,
    ) -> Decision {
        match self.catalogue.revision(design, revision) {
            None => Decision::refuse(Refused::Revision {
                design: design.clone(),
                revision: revision.clone(),
            }),
            Some(known) if known.channel == Channel::Withdrawn => Decision::default(),
            Some(_) => Decision::change(Change::RevisionWithdrawn {
                design: design.clone(),
                revision: revision.clone(),
                why: why.to_owned(),
            }),
        }
    }

    pub(super) fn unsettle_design(&mut self, design: &DesignId) {
        let touched = self.requests.iter().filter(|(_, request)| request.design == *design);
        self.unsettled.extend(touched.map(|(id, _)| *id));
    }
}
