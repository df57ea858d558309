use super::*;
use crate::testing::{Authority, Leaf, digest, http, serve_tls};

/// 1 June 2026.
const NOW: UnixTime = UnixTime::since_unix_epoch(Duration::from_hours(494_520));

#[track_caller]
fn check(
    pin: Option<Digest>,
    leaf: &Leaf,
    chain: &[CertificateDer<'static>],
) -> Result<(), Option<TrustError>> {
    let verifier = PinnedAuthority { pin, provider: Arc::new(ring::default_provider()) };
    let name = ServerName::try_from("farm.example").unwrap();
    match verifier.verify_server_cert(&leaf.certificate, chain, &name, &[], NOW) {
        Ok(_) => Ok(()),
        Err(error) => Err(reason(&error)),
    }
}

#[test]
fn the_pinned_authority_is_believed_and_no_other() {
    let ours = Authority::new("ours");
    let theirs = Authority::new("theirs");
    let leaf = ours.sign("farm.example", 2025);
    let chain = [ours.certificate.clone()];
    assert_eq!(check(Some(ours.pin()), &leaf, &chain), Ok(()));
    assert_eq!(check(Some(theirs.pin()), &leaf, &chain), Err(Some(TrustError::NotPinned)));
    assert_eq!(check(None, &leaf, &chain), Err(Some(TrustError::NotPinned)));
    assert_eq!(check(Some(ours.pin()), &leaf, &[]), Err(Some(TrustError::NotPinned)));
}

#[test]
fn showing_the_pinned_certificate_is_not_enough() {
    // Anybody can have seen it; only its key can sign.
    let ours = Authority::new("one name");
    let theirs = Authority::new("another name");
    let mut chain = [theirs.certificate.clone(), ours.certificate.clone()];
    let forged = theirs.sign("farm.example", 2025);
    assert_eq!(check(Some(ours.pin()), &forged, &chain), Err(Some(TrustError::NotPinned)));
    chain.reverse();
    assert_eq!(check(Some(ours.pin()), &forged, &chain), Err(Some(TrustError::NotPinned)));
    let namesake = Authority::new("one name");
    let forged = namesake.sign("farm.example", 2025);
    let chain = [ours.certificate.clone()];
    assert!(check(Some(ours.pin()), &forged, &chain).is_err());
}

#[test]
fn another_machine_of_the_same_authority_is_not_believed() {
    let ours = Authority::new("ours");
    let leaf = ours.sign("elsewhere.example", 2025);
    assert_eq!(check(Some(ours.pin()), &leaf, std::slice::from_ref(&ours.certificate)), Err(None));
}

#[test]
fn a_certificate_from_the_future_blames_the_clock() {
    let ours = Authority::new("ours");
    let leaf = ours.sign("farm.example", 2027);
    let refused = check(Some(ours.pin()), &leaf, std::slice::from_ref(&ours.certificate));
    assert_eq!(refused, Err(Some(TrustError::NotYetValid)));
}

#[test]
fn a_pinned_leaf_vouches_for_itself() {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["farm.example".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let verifier = PinnedAuthority {
        pin: Some(digest(&certificate)),
        provider: Arc::new(ring::default_provider()),
    };
    let name = ServerName::try_from("farm.example").unwrap();
    verifier.verify_server_cert(&certificate, &[], &name, &[], NOW).unwrap();
}

#[tokio::test]
async fn an_http_client_tells_why_it_does_not_believe() {
    let ours = Authority::new("ours");
    let answer = |_: &str| http("200 OK", "", b"hello");
    let origin = serve_tls(ours.sign("localhost", 2025), &ours, answer).await;
    let get = async |pin| http_client(&origin, pin).unwrap().get(&origin).send().await;
    assert_eq!(get(Some(ours.pin())).await.unwrap().text().await.unwrap(), "hello");
    let error = get(Some(Authority::new("theirs").pin())).await.unwrap_err();
    assert_eq!(reason(&error), Some(TrustError::NotPinned), "{error:?}");
}
