use std::time::Duration;

use visorfarm_protocol::letters::{About, LetterLanguage};

use super::*;
use crate::accounts::INVITE_VALID_FOR;

const NOW: Timestamp = Timestamp(1_774_310_400_000);

/// A farm with agents that say what their makers want.
struct Farm {
    _folder: tempfile::TempDir,
    accounts: Accounts,
    agents: Vec<AgentId>,
}

impl Farm {
    fn of(agents: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(&folder.path().join("farm.db")).unwrap();
        let joins = |number: usize| {
            let invite = accounts.make_invite("maker", INVITE_VALID_FOR, NOW).unwrap();
            accounts.enrol(&invite, &number.to_string(), NOW).unwrap().0
        };
        let agents = (0..agents).map(joins).collect();
        Self { _folder: folder, accounts, agents }
    }

    fn wishes(&self, agent: usize, mail: &str, now: Timestamp) -> Option<Letters> {
        self.accounts.take_wish(&self.agents[agent], Some(&wish(mail)), now).unwrap()
    }

    fn wishes_nothing(&self, agent: usize) {
        assert_eq!(self.accounts.take_wish(&self.agents[agent], None, NOW).unwrap(), None);
    }

    /// Returns the addresses that are asked at `now`.
    fn asked(&self, now: Timestamp) -> Vec<String> {
        self.sent(now).into_iter().map(|letter| letter.address).collect()
    }

    fn sent(&self, now: Timestamp) -> Vec<Confirming> {
        self.accounts.confirming_letters(now).unwrap()
    }

    /// Returns the addresses that are told.
    fn told(&self) -> Vec<String> {
        let told = self.accounts.maker_notices().unwrap();
        told.into_iter().map(|notice| notice.address).collect()
    }

    /// Says whether the address stands anywhere in the database.
    fn keeps(&self, mail: &str) -> bool {
        let sql = "SELECT count(*) FROM maker_notices WHERE address = ?";
        self.accounts.read(|c| c.query_one(sql, [mail], |row| row.get::<_, u32>(0))).unwrap() != 0
    }
}

fn wish(mail: &str) -> Wish {
    let about = [About::Beds, About::Results].into();
    Wish { mail: mail.parse().unwrap(), about, language: LetterLanguage::French }
}

const ANNE: &str = "anne@farm.example";

#[test]
fn a_maker_is_told_once_the_link_in_the_one_letter_was_opened() {
    let farm = Farm::of(1);
    for _hello in 0..3 {
        assert_eq!(farm.wishes(0, ANNE, NOW), Some(Letters::Unconfirmed));
    }
    let [letter] = &farm.sent(NOW)[..] else { panic!("one letter") };
    assert_eq!((letter.address.as_str(), letter.language.as_str()), (ANNE, "fr"));
    assert_eq!(farm.wishes(0, ANNE, NOW), Some(Letters::Unconfirmed));
    assert!(farm.asked(NOW + DAY / 2).is_empty(), "one letter");
    assert!(farm.told().is_empty());
    assert!(matches!(farm.accounts.confirm_maker("guess", NOW), Err(NoticeRefused::Code)));
    assert!(matches!(farm.accounts.confirm_maker(&letter.ends, NOW), Err(NoticeRefused::Code)));

    assert_eq!(farm.accounts.confirm_maker(&letter.code, NOW).unwrap(), farm.agents[0]);
    assert!(farm.accounts.confirm_maker(&letter.code, NOW).is_err(), "a code is good once");
    assert_eq!(farm.wishes(0, "Anne@farm.example", NOW), Some(Letters::Confirmed));
    let told = farm.accounts.maker_notices().unwrap();
    assert_eq!((told[0].about.join(" "), &told[0].ends), ("results beds".into(), &letter.ends));
    let fewer = Wish { about: [About::Stuck].into(), ..wish(ANNE) };
    farm.accounts.take_wish(&farm.agents[0], Some(&fewer), NOW).unwrap();
    assert_eq!(farm.accounts.maker_notices().unwrap()[0].about, ["stuck"]);
}

#[test]
fn letters_that_were_ended_do_not_begin_again_by_themselves() {
    let farm = Farm::of(1);
    farm.wishes(0, ANNE, NOW);
    let letter = farm.sent(NOW).remove(0);
    farm.accounts.confirm_maker(&letter.code, NOW).unwrap();
    assert!(matches!(farm.accounts.end_letters("guess", NOW), Err(NoticeRefused::Code)));
    assert_eq!(farm.accounts.end_letters(&letter.ends, NOW).unwrap(), farm.agents[0]);
    assert!(farm.told().is_empty() && !farm.keeps(ANNE));
    assert_eq!(farm.wishes(0, ANNE, NOW), Some(Letters::Ended));
    assert!(farm.asked(NOW + DAY).is_empty());
    // The maker takes the wish out, and writes it again.
    farm.wishes_nothing(0);
    assert_eq!(farm.wishes(0, ANNE, NOW), Some(Letters::Unconfirmed));
    assert_eq!(farm.asked(NOW), [ANNE]);
}

#[test]
fn a_stranger_refuses_by_the_first_letter() {
    let farm = Farm::of(1);
    farm.wishes(0, ANNE, NOW);
    let letter = farm.sent(NOW).remove(0);
    farm.accounts.end_letters(&letter.ends, NOW).unwrap();
    assert!(farm.accounts.confirm_maker(&letter.code, NOW).is_err());
    assert!(!farm.keeps(ANNE));
}

#[test]
fn an_address_that_is_withdrawn_or_changed_or_of_a_revoked_agent_is_deleted() {
    let farm = Farm::of(3);
    for agent in 0..3 {
        farm.wishes(agent, &format!("anne{agent}@farm.example"), NOW);
    }
    for letter in farm.sent(NOW) {
        farm.accounts.confirm_maker(&letter.code, NOW).unwrap();
    }
    farm.wishes_nothing(0);
    farm.wishes(1, "new@farm.example", NOW);
    farm.accounts.revoke(&farm.agents[2], NOW).unwrap();
    assert!(farm.told().is_empty());
    assert!((0..3).all(|agent| !farm.keeps(&format!("anne{agent}@farm.example"))));
    // A hello that was on its way when the agent was shut out.
    assert_eq!(farm.wishes(2, ANNE, NOW), None);
    assert!(!farm.keeps(ANNE));
}

#[test]
fn an_address_that_nobody_confirms_in_a_day_is_forgotten() {
    let farm = Farm::of(1);
    farm.wishes(0, ANNE, NOW);
    let letter = farm.sent(NOW).remove(0);
    assert!(farm.accounts.lapse_letters(NOW + DAY - Duration::from_secs(1)).unwrap().is_empty());
    assert!(farm.accounts.confirm_maker(&letter.code, NOW + DAY).is_err());
    assert_eq!(farm.accounts.lapse_letters(NOW + DAY).unwrap(), farm.agents);
    assert!(!farm.keeps(ANNE));
    assert_eq!(farm.wishes(0, ANNE, NOW + DAY), Some(Letters::Lapsed));
    assert!(farm.asked(NOW + DAY).is_empty());
}

#[test]
fn an_agent_that_names_one_address_after_the_other_is_held_back() {
    let farm = Farm::of(1);
    let mut asked = 0;
    for number in 0..20 {
        farm.wishes(0, &format!("stranger{number}@farm.example"), NOW);
        asked += farm.asked(NOW).len();
    }
    assert_eq!(asked, 3);
    assert_eq!(farm.asked(NOW + DAY), ["stranger19@farm.example"], "the last wish is not lost");
}

#[test]
fn many_agents_fill_no_strangers_mailbox() {
    let farm = Farm::of(8);
    for agent in 0..8 {
        farm.wishes(agent, ["eve@farm.example", "EVE@farm.example"][agent % 2], NOW);
    }
    assert_eq!(farm.asked(NOW).len(), 3);
    assert!(farm.asked(NOW + DAY).is_empty());
    assert_eq!(farm.asked(NOW + 31 * DAY).len(), 3);
}

#[test]
fn an_address_that_answers_may_be_asked_for_more_machines() {
    let farm = Farm::of(5);
    for agent in 0..5 {
        farm.wishes(agent, ANNE, NOW);
    }
    for letters in [3, 2] {
        let sent = farm.sent(NOW);
        assert_eq!(sent.len(), letters);
        for letter in sent {
            farm.accounts.confirm_maker(&letter.code, NOW).unwrap();
        }
    }
    assert_eq!(farm.told().len(), 5);
}

#[test]
fn all_agents_together_cause_so_many_letters_an_hour() {
    let farm = Farm::of(40);
    for agent in 0..40 {
        farm.wishes(agent, &format!("maker{agent}@farm.example"), NOW);
    }
    assert_eq!(farm.asked(NOW).len(), 30);
    assert!(farm.asked(NOW + Duration::from_mins(59)).is_empty());
    assert_eq!(farm.asked(NOW + Duration::from_hours(1)).len(), 10);
}

#[test]
fn a_letter_that_no_server_took_is_tried_again_and_an_address_it_refuses_is_forgotten() {
    let farm = Farm::of(1);
    farm.wishes(0, ANNE, NOW);
    let later = NOW + Duration::from_mins(15);
    for _ in 0..5 {
        let letter = farm.sent(later).remove(0);
        farm.accounts.unsent(&letter, Unsent::Until(later)).unwrap();
        assert!(farm.accounts.confirm_maker(&letter.code, later).is_err());
        assert!(farm.asked(NOW).is_empty(), "not at once");
    }
    let letter = farm.sent(later).remove(0);
    farm.accounts.unsent(&letter, Unsent::Refused).unwrap();
    assert!(!farm.keeps(ANNE));
    assert_eq!(farm.wishes(0, ANNE, later), Some(Letters::Refused));
    assert!(farm.asked(later + DAY).is_empty());
}

const DAY: Duration = Duration::from_hours(24);
