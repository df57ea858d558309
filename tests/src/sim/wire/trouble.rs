//! How the faults of the plan befall a world: what happens to its network, its hosts, its shops.

use std::time::Duration;

use turmoil::Sim;
use visorfarm_agent::octoprint::push::Lost;

use super::fault::{Fault, Network};
use super::reach::{self, BROKER};
use super::row::Row;
use super::scene::{Happening as Next, Host, Scene};
use super::shop::Happening;
use super::world::{QUICK, World, host};
use crate::sim::agent::NextOrder;
use crate::sim::books;
use crate::sim::coordinator::{Clock, Command, Place};
use crate::sim::disk::Health;
use crate::sim::octoprint::Process;
use crate::sim::truth::PIECES;

impl World<'_> {
    /// A fault of the plan happens.
    pub(super) fn befall(&mut self, shop: usize, fault: Fault) {
        self.stage.borrow_mut().tell(format!("in shop {shop}: {fault:?}"));
        match fault {
            Fault::Network(network, millis) => self.disturb(shop, network, millis),
            Fault::KillAgent => self.fall(Host::Agent(shop)),
            Fault::PowerCut => {
                self.stage.borrow_mut().shops[shop].disk.set_health(Health::Failing);
                self.fall(Host::Agent(shop));
            }
            Fault::KillCoordinator => self.fall(Host::Coordinator),
            Fault::Restore(place) => self.restore(place),
            Fault::BitRot => self.decay(shop),
            Fault::JournalLost => self.lose_card(shop),
            Fault::Copy => self.copy_card(shop),
            fault => self.stage.borrow_mut().befall(shop, fault),
        }
    }

    /// The network between an agent and the coordinator is not as it should be for so long.
    fn disturb(&mut self, shop: usize, network: Network, millis: u64) {
        let agent = host(Host::Agent(shop));
        let mut scene = self.stage.borrow_mut();
        // One kind at a time: turmoil cannot hold what passes one way only.
        if scene.now() < scene.shops[shop].network_until {
            return;
        }
        scene.shops[shop].network_until = scene.now() + millis;
        let row = match network {
            Network::Partition => {
                self.sim.partition(agent, BROKER.0);
                Row::Partition
            }
            Network::Deaf => {
                self.sim.partition_oneway(BROKER.0, agent);
                Row::DeafAgent
            }
            Network::Mute => {
                self.sim.partition_oneway(agent, BROKER.0);
                Row::MuteAgent
            }
            Network::Held => {
                self.sim.hold(agent, BROKER.0);
                Row::Held
            }
            Network::Slow(takes) => {
                self.sim.set_link_latency(agent, BROKER.0, Duration::from_millis(takes));
                Row::Slow
            }
        };
        scene.mark(row);
        scene.later(millis, Next::Repaired(shop));
    }

    /// The network of an agent is as it should be.
    pub(super) fn repair(&mut self, shop: usize) {
        repair(&mut self.sim, shop);
        self.stage.borrow_mut().shops[shop].network_until = 0;
    }

    /// The coordinator ends, and an old copy takes the place of its database.
    fn restore(&mut self, place: Place) {
        let now = self.stage.borrow().now();
        if !self.stage.borrow_mut().coordinator.restore(now, place) {
            return;
        }
        self.fall(Host::Coordinator);
        let mut scene = self.stage.borrow_mut();
        match place {
            Place::Copy => scene.mark(Row::Restored),
            Place::Snapshot => {
                scene.mark(Row::SetBack);
                scene.truth.set_back();
            }
        }
        // That one is not left running.
        scene.coordinator.old = None;
        let scene = &mut *scene;
        scene.truth.forget_but(scene.coordinator.changes());
    }
}

/// Undoes whatever was done to the network of an agent.
pub(super) fn repair(sim: &mut Sim<'_>, shop: usize) {
    let agent = host(Host::Agent(shop));
    sim.release(agent, BROKER.0);
    sim.repair(agent, BROKER.0);
    sim.set_link_latency(agent, BROKER.0, QUICK);
}

impl Scene {
    fn befall(&mut self, shop: usize, fault: Fault) {
        let now = self.now();
        let found = &mut self.shops[shop];
        match fault {
            Fault::CutDown => found.cut_down = true,
            Fault::CutUp => reach::cut_next(),
            Fault::Doom(doom) => found.doom = Some(doom),
            Fault::PowerCutInWrite => found.disk.set_health(Health::Failing),
            Fault::DiskFull(millis) => {
                found.disk.set_health(Health::Full);
                self.later(millis, Next::Shop(shop, Happening::Repaired));
            }
            Fault::KillAtCommit(deadline) => self.coordinator.deadline = Some(deadline),
            Fault::SlowDatabase(millis) => self.locked_until = now + millis,
            Fault::ClockJumps(ahead) => {
                if self.coordinator.set_clock(ahead) == Clock::Jumps {
                    self.mark(Row::ClockJumps);
                }
            }
            Fault::BackUp => self.coordinator.back_up(),
            Fault::OrderUnanswered => found.next_order = NextOrder::Unanswered,
            Fault::OrderLost => found.next_order = NextOrder::Lost,
            Fault::OrderIgnored => found.next_order = NextOrder::Ignored,
            Fault::FetchFails => found.fetch_fails = true,
            Fault::Request => {
                let pieces = self.chance.between(1, 3) * u64::from(PIECES);
                self.request(pieces);
            }
            fault => self.befall_octoprint(shop, fault),
        }
    }

    fn befall_octoprint(&mut self, shop: usize, fault: Fault) {
        let now = self.now();
        match fault {
            Fault::KillOctoPrint(millis) => self.kill_octoprint(shop, millis),
            Fault::HangOctoPrint(millis) => {
                if self.shops[shop].octoprint.process == Process::Up {
                    self.mark(Row::OctoPrintHangs);
                    self.shops[shop].octoprint.process = Process::Hung;
                    self.deafen(shop, Lost::Silent);
                    self.later(millis, Next::Shop(shop, Happening::OctoPrintStarts));
                }
            }
            Fault::SocketLost => {
                self.mark(Row::SocketLost);
                self.deafen(shop, Lost::Closed);
            }
            Fault::PrinterFaults => {
                let mut chance = self.chance.split();
                if let Some(happened) = self.shops[shop].octoprint.fault(now, &mut chance) {
                    self.mark(Row::PrinterFaults);
                    self.happened(shop, happened);
                }
            }
            Fault::FirmwareResets => {
                let mut chance = self.chance.split();
                if let Some(happened) = self.shops[shop].octoprint.reset(now, &mut chance) {
                    self.mark(Row::FirmwareResets);
                    self.happened(shop, happened);
                }
            }
            Fault::Cancel => self.owner_cancels(shop),
            Fault::OwnPrint => self.own_print(shop),
            fault => unreachable!("{fault:?} is no fault of OctoPrint's"),
        }
    }

    /// Somebody needs pieces, if somebody hears it.
    pub(super) fn request(&mut self, pieces: u64) {
        if self.coordinator.mind.is_some() {
            self.coordinator.inbox.push(Command::Event(books::requested(pieces)));
        }
    }
}
