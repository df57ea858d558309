//! What a printer printed, summed up by whom it was for.

use visorfarm_protocol::id::Epoch;
use visorfarm_protocol::message::End;

use crate::local::Tally;
use crate::supervise::PrintedPlate;

/// The requests whose pieces are told to the maker: the latest.
const TALLIES_MAX: usize = 20;

/// Sums up what was printed by request; the one that was printed for last comes last.
pub(super) fn tallies(printed: &[PrintedPlate<'_>]) -> Vec<Tally> {
    let mut tallies: Vec<(Epoch, Tally)> = Vec::new();
    for plate in printed.iter().filter(|plate| came_out(plate)) {
        let key = (plate.print.lease.epoch, plate.plate.request);
        let known = tallies.iter().position(|(epoch, tally)| (*epoch, tally.request) == key);
        let mut entry = known.map_or_else(|| (key.0, tally_of(plate)), |at| tallies.remove(at));
        add(&mut entry.1, plate);
        tallies.push(entry);
    }
    let old = tallies.len().saturating_sub(TALLIES_MAX);
    tallies.drain(..old);
    tallies.into_iter().map(|(_, tally)| tally).collect()
}

/// Says whether there are pieces of a print: it completed, or somebody found some.
fn came_out(plate: &PrintedPlate<'_>) -> bool {
    plate.end == End::Completed || plate.judged.is_some_and(|(good, bad)| 0 < good + bad)
}

fn tally_of(plate: &PrintedPlate<'_>) -> Tally {
    Tally {
        request: plate.plate.request,
        purpose: plate.purpose.map(str::to_owned),
        design: plate.plate.design.clone(),
        plates: 0,
        pieces: 0,
        good: 0,
        bad: 0,
    }
}

fn add(tally: &mut Tally, plate: &PrintedPlate<'_>) {
    let (good, bad) = plate.judged.unwrap_or_default();
    let sums = [&mut tally.plates, &mut tally.pieces, &mut tally.good, &mut tally.bad];
    for (sum, more) in sums.into_iter().zip([1, plate.plate.pieces, good, bad]) {
        *sum = sum.saturating_add(more);
    }
}

#[cfg(test)]
mod tests {
    use visorfarm_protocol::id::{JobId, LeaseId, RequestId};
    use visorfarm_protocol::message::Plate;

    use super::*;
    use crate::supervise::PrintId;

    fn plate(request: u64) -> Plate {
        Plate {
            request: RequestId(request),
            job: JobId(1),
            design: "visor".parse().unwrap(),
            revision: "r1".parse().unwrap(),
            profile: "ender3".parse().unwrap(),
            digest: crate::testing::digest(b""),
            pieces: 4,
        }
    }

    /// A print: the coordinator's life, its request, how it ended, and what was counted.
    type Print = (u32, u64, End, Option<(u32, u32)>);

    /// A request with its plates, pieces, good and bad ones.
    type Sums = (u64, u32, u32, u32, u32);

    #[track_caller]
    fn check(prints: &[Print], sums: &[Sums]) {
        let plates: Vec<_> = prints.iter().map(|(_, request, ..)| plate(*request)).collect();
        let printed: Vec<_> = prints
            .iter()
            .zip(&plates)
            .map(|(&(epoch, number, end, judged), plate)| {
                let lease = LeaseId { epoch: Epoch(epoch), number };
                let print = PrintId { lease, ordinal: 0 };
                PrintedPlate { print, plate, end, judged, purpose: None }
            })
            .collect();
        let told: Vec<_> = tallies(&printed)
            .iter()
            .map(|t| (t.request.0, t.plates, t.pieces, t.good, t.bad))
            .collect();
        assert_eq!(told, sums);
    }

    #[test]
    fn pieces_are_summed_up_by_request_and_the_one_printed_for_last_comes_last() {
        let (done, all) = (End::Completed, Some((4, 0)));
        check(
            &[(1, 7, done, all), (1, 8, done, None), (1, 7, done, Some((3, 1)))],
            &[(8, 1, 4, 0, 0), (7, 2, 8, 7, 1)],
        );
    }

    #[test]
    fn prints_that_gave_nothing_are_not_summed_up() {
        check(
            &[
                (1, 7, End::Failed, None),
                (1, 7, End::Cancelled, None),
                (1, 7, End::Unknown, None),
                (1, 7, End::Unknown, Some((0, 0))),
                (1, 7, End::Unknown, Some((2, 2))),
            ],
            &[(7, 1, 4, 2, 2)],
        );
    }

    #[test]
    fn a_restored_coordinator_numbers_its_requests_anew() {
        let (done, all) = (End::Completed, Some((4, 0)));
        check(&[(1, 7, done, all), (2, 7, done, all)], &[(7, 1, 4, 4, 0), (7, 1, 4, 4, 0)]);
    }

    #[test]
    fn only_the_latest_requests_are_told() {
        let many: Vec<_> = (0..30).map(|request| (1, request, End::Completed, None)).collect();
        let sums: Vec<_> = (10..30).map(|request| (request, 1, 4, 0, 0)).collect();
        check(&many, &sums);
    }
}
