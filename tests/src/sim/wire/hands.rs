//! The hands of an agent in this world: its orders travel to a simulated OctoPrint, and are carried
//! out there even if the agent ends meanwhile.

use visorfarm_agent::clock::Moment;
use visorfarm_agent::config::PrinterConfig;
use visorfarm_agent::run::Hands;
use visorfarm_agent::supervise::Question;
use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::Grant;

use super::scene::Stage;
use super::shop::Happening;

/// The hands of one life of one agent.
pub(super) struct SimHands {
    pub(super) stage: Stage,
    pub(super) shop: usize,
    pub(super) life: u64,
}

impl SimHands {
    fn order(&self, (least, most): (u64, u64), happening: Happening) {
        let happening = super::scene::Happening::Shop(self.shop, happening);
        self.stage.borrow_mut().soon((least, most), happening);
    }
}

impl Hands for SimHands {
    fn version(&self) -> Option<String> {
        Some("OctoPrint 1.11.8".to_owned())
    }

    fn fetch(&mut self, grant: Grant, _: &PrinterConfig) {
        let happening = Happening::Fetched { life: self.life, lease: grant.lease };
        self.order((200, 3_000), happening);
    }

    fn upload(&mut self, grant: Grant, _: &PrinterConfig) {
        let happening = Happening::Uploaded { life: self.life, lease: grant.lease };
        self.order((100, 2_000), happening);
    }

    fn start(&self, lease: LeaseId, path: String) {
        self.stage.borrow_mut().check_order(self.shop, lease);
        self.order((10, 300), Happening::Ordered { life: self.life, lease, path });
    }

    fn ask(&self, question: Question) {
        self.order((5, 100), Happening::Asked { life: self.life, question });
    }

    fn delete(&self, path: String, asked: Moment) {
        self.order((5, 100), Happening::Deleted { life: self.life, path, asked });
    }

    fn picture(&self) {
        unreachable!("no maker of this world allows pictures")
    }
}
