//! Whether the machines of the network find this one by its name: what somebody answers to the
//! question that phones ask (multicast DNS, RFC 6762), whoever it is that answers here.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::timeout;

/// Where the question goes (RFC 6762, section 3).
pub(super) const EVERYBODY: SocketAddr =
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(224, 0, 0, 251), 5353));

/// Who answers is this very machine: a guess with much room. A page waits for it.
const ANSWERS_WITHIN: Duration = Duration::from_millis(300);

/// The most that an answer to a plain question may hold (RFC 1035, section 4.2.1).
const ANSWER_BYTES_MAX: usize = 512;

/// A record with an address of version 4, and the class that all of ours have (RFC 1035, section 3.2).
const ADDRESS: u16 = 1;
const INTERNET: u16 = 1;

/// Returns the name by which phones find the machine at `own`: its host name with `.local`, if
/// somebody says so to who asks at `responder`.
pub(super) async fn name(machine: &str, own: Ipv4Addr, responder: SocketAddr) -> Option<String> {
    let name = format!("{machine}.local");
    let question = question(&name)?;
    let answered = async {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await.ok()?;
        socket.send_to(&question, responder).await.ok()?;
        let mut packet = [0; ANSWER_BYTES_MAX];
        loop {
            let (bytes, _) = socket.recv_from(&mut packet).await.ok()?;
            if addresses(&packet[..bytes]).unwrap_or_default().contains(&own) {
                return Some(());
            }
        }
    };
    timeout(ANSWERS_WITHIN, answered).await.ok().flatten().map(|()| name)
}

/// Returns the question for the address behind a name; nothing if it is no host name.
fn question(name: &str) -> Option<Vec<u8>> {
    // One question, and nothing else.
    let mut packet = vec![0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        let length = u8::try_from(label.len()).ok().filter(|length| (1..64).contains(length))?;
        packet.push(length);
        packet.extend(label.as_bytes());
    }
    packet.push(0);
    packet.extend([ADDRESS, INTERNET].into_iter().flat_map(u16::to_be_bytes));
    Some(packet)
}

/// Returns the addresses that an answer tells; nothing if it is cut short, or no answer.
fn addresses(packet: &[u8]) -> Option<Vec<Ipv4Addr>> {
    let mut reader = Reader(packet);
    let (_id, flags) = (reader.number()?, reader.number()?);
    let (questions, answers) = (reader.number()?, reader.number()?);
    let _others = (reader.number()?, reader.number()?);
    if flags & 0x8000 == 0 {
        return None;
    }
    for _ in 0..questions {
        reader.skip_name()?;
        let _what = (reader.number()?, reader.number()?);
    }
    let mut found = Vec::new();
    for _ in 0..answers {
        reader.skip_name()?;
        let (kind, _class) = (reader.number()?, reader.number()?);
        let _lives = (reader.number()?, reader.number()?);
        let length = reader.number()?;
        let told = reader.take(usize::from(length))?;
        let address = <[u8; 4]>::try_from(told).ok().filter(|_| kind == ADDRESS);
        found.extend(address.map(Ipv4Addr::from));
    }
    Some(found)
}

/// What of a packet is still to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u16> {
        self.take(2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    /// Goes past a name: labels to the empty one, or to a hint at where the rest stands.
    fn skip_name(&mut self) -> Option<()> {
        loop {
            match self.take(1)?[0] {
                0 => return Some(()),
                hint @ 0xc0.. => {
                    let _rest = (hint, self.take(1)?);
                    return Some(());
                }
                length => {
                    self.take(usize::from(length))?;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 5);

    /// Returns the answer to a question, as Avahi writes it: the question again, and a record whose name
    /// is a hint at that.
    fn answer(question: &[u8], address: Ipv4Addr) -> Vec<u8> {
        let mut packet = question.to_vec();
        (packet[2], packet[7]) = (0x84, 1);
        packet.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 10, 0, 4]);
        packet.extend(address.octets());
        packet
    }

    #[test]
    fn an_answer_is_read_and_its_pieces_are_none() {
        let question = question("octopi.local").unwrap();
        assert_eq!(addresses(&question), None);
        let answer = answer(&question, OWN);
        assert_eq!(addresses(&answer), Some(vec![OWN]));
        for length in 0..answer.len() {
            assert_eq!(addresses(&answer[..length]), None, "{length}");
        }
    }

    #[test]
    fn what_is_no_host_name_is_not_asked_for() {
        for name in ["", "octo..local", &"x".repeat(64)] {
            assert_eq!(question(name), None, "{name:?}");
        }
    }

    /// Asks where somebody says that the name leads to `told`.
    async fn asked(told: Ipv4Addr) -> Option<String> {
        let responder = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let at = responder.local_addr().unwrap();
        let answers = async {
            let mut question = [0; 512];
            let (bytes, from) = responder.recv_from(&mut question).await.unwrap();
            responder.send_to(&answer(&question[..bytes], told), from).await.unwrap();
        };
        tokio::join!(name("octopi", OWN, at), answers).0
    }

    #[tokio::test]
    async fn a_name_is_this_machines_only_if_it_leads_here() {
        assert_eq!(asked(OWN).await.as_deref(), Some("octopi.local"));
        assert_eq!(asked(Ipv4Addr::new(192, 168, 1, 6)).await, None);
    }
}
