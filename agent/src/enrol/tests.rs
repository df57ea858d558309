use super::*;
use crate::state_dir::StateDir;
use crate::testing::{Authority, http, membership, serve, serve_tls};

const GIVEN: &[u8] =
    br#"{"farm":"lyon","agent":"a7","secret":"secret","brokers":["mqtts://localhost"],"new":1}"#;

fn invite(origin: &str, pin: Option<Digest>) -> Invite {
    Invite { origin: origin.to_owned(), token: "t0ken".to_owned(), pin }
}

async fn refused(status: &'static str, body: &'static [u8]) -> EnrolError {
    let (origin, _) = serve(move |_| http(status, "", body)).await;
    enrol(&invite(&origin, None), "attic").await.unwrap_err()
}

#[tokio::test]
async fn an_invite_gives_credentials_that_are_kept() {
    let (origin, mut requests) = serve(|_| http("200 OK", "", GIVEN)).await;
    let given = enrol(&invite(&origin, None), "attic").await.unwrap();
    let plain = membership(&origin, None, &["mqtts://localhost".to_owned()]);
    assert_eq!(given, Membership { invite: given.invite, ..plain.clone() });
    let other = Invite { token: "other".to_owned(), ..invite(&origin, None) };
    let known = [&invite(&origin, None), &other].map(|invite| given.is_from(invite));
    assert_eq!((known, plain.is_from(&other)), ([true, false], false));
    assert!(!format!("{given:?}").contains("secret"));
    let request = requests.recv().await.unwrap();
    assert!(request.starts_with(&format!("POST {ENROL_PATH} ")), "{request}");
    assert!(request.ends_with(r#"{"token":"t0ken","title":"attic"}"#), "{request}");
    let folder = tempfile::tempdir().unwrap();
    let state = StateDir::open(folder.path()).unwrap();
    assert_eq!(state.membership().unwrap(), None);
    state.set_membership(&given).unwrap();
    assert_eq!(state.membership().unwrap(), Some(given));
}

#[tokio::test]
async fn a_refusal_says_why() {
    let error = refused("403 Forbidden", br#"{"error":"the invite has been used\u0007"}"#).await;
    assert!(
        matches!(&error, EnrolError::Refused { why } if why == "the invite has been used"),
        "{error}"
    );
}

#[tokio::test]
async fn another_server_is_told_from_a_refusal() {
    for (status, body) in [
        ("404 Not Found", b"<html>" as &[u8]),
        ("200 OK", br#"{"farm":"lyon"}"#),
        ("302 Found", b""),
    ] {
        let error = refused(status, body).await;
        assert!(matches!(error, EnrolError::Strange { .. }), "{status}: {error}");
    }
}

#[tokio::test]
async fn a_huge_answer_is_not_kept() {
    let body = vec![b' '; ANSWER_BYTES_MAX + 1];
    let (origin, _) = serve(move |_| http("200 OK", "", &body)).await;
    let error = enrol(&invite(&origin, None), "attic").await.unwrap_err();
    assert!(matches!(error, EnrolError::Strange { .. }), "{error}");
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = enrol(&invite(&origin, None), "attic").await.unwrap_err();
    assert!(matches!(error, EnrolError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn a_token_is_not_shown_to_a_stranger() {
    let theirs = Authority::new("theirs");
    let answer = |_: &str| -> Vec<u8> { panic!("the token was sent") };
    let origin = serve_tls(theirs.sign("localhost", 2025), &theirs, answer).await;
    let pin = Authority::new("ours").pin();
    let error = enrol(&invite(&origin, Some(pin)), "attic").await.unwrap_err();
    assert!(
        matches!(error, EnrolError::Untrusted { source: TrustError::NotPinned, .. }),
        "{error}"
    );
}
