//! MQTT topics: `visorfarm/1/<farm>/up/<agent>/<kind>` and `visorfarm/1/<farm>/down/<agent>/<kind>`.
//!
//! An agent may publish only below its own `up` and subscribe only to its own `down`.

use std::fmt;

use crate::id::{AgentId, FarmId};

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From an agent to the coordinator.
    Up,
    /// From the coordinator to an agent.
    Down,
}

/// A parsed topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic<'a> {
    /// Whose requests.
    pub farm: FarmId,
    /// Which way.
    pub direction: Direction,
    /// From or to whom.
    pub agent: AgentId,
    /// The message's kind, unparsed: an unknown kind is reported, not refused.
    pub kind: &'a str,
}

impl<'a> Topic<'a> {
    /// Parses `text`; returns nothing for any topic that is not ours.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut levels = text.strip_prefix("visorfarm/1/")?.splitn(4, '/');
        let farm = levels.next()?.parse().ok()?;
        let direction = match levels.next()? {
            "up" => Direction::Up,
            "down" => Direction::Down,
            _ => return None,
        };
        let agent = levels.next()?.parse().ok()?;
        let kind = levels.next()?;
        let single_level = !kind.is_empty() && !kind.contains(['/', '+', '#', '\0']);
        single_level.then_some(Self { farm, direction, agent, kind })
    }
}

impl fmt::Display for Topic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = match self.direction {
            Direction::Up => "up",
            Direction::Down => "down",
        };
        write!(f, "visorfarm/1/{}/{direction}/{}/{}", self.farm, self.agent, self.kind)
    }
}

/// Returns the one filter that `agent` may subscribe to.
#[must_use]
pub fn down_filter(farm: &FarmId, agent: &AgentId) -> String {
    format!("visorfarm/1/{farm}/down/{agent}/+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_survives_the_round_trip() {
        let text = "visorfarm/1/lyon/up/a7/facts";
        let topic = Topic::parse(text).unwrap();
        assert_eq!((topic.direction, topic.kind), (Direction::Up, "facts"));
        assert_eq!(topic.to_string(), text);
    }

    #[test]
    fn other_topics_are_not_ours() {
        for bad in [
            "",
            "visorfarm/2/lyon/up/a7/facts",
            "visorfarm/1/lyon/sideways/a7/facts",
            "visorfarm/1/lyon/up/a7",
            "visorfarm/1/lyon/up/a7/",
            "visorfarm/1/lyon/up/a7/facts/more",
            "visorfarm/1/lyon/up/+/facts",
            "visorfarm/1/lyon/up/a7/#",
            "$SYS/brokers",
        ] {
            assert_eq!(Topic::parse(bad), None, "{bad:?}");
        }
    }
}
