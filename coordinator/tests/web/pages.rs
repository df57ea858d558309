//! Pages, as a browser without JavaScript gets them.

use axum::body::Body;
use axum::http::{Method, Request, header};
use visorfarm_coordinator::dispatch::Event;
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::MemoId;
use visorfarm_protocol::message::Up;
use visorfarm_protocol::status::{Activity, Bed, Cause, PrinterStatus, WaitsFor};

use crate::site::{Got, Site, bearer, idle};

const HOSTILE: &str = "<script>window.x=1</script>\"'><img src=x onerror=alert(1)>&amp;";

async fn page(site: &Site, path: &str, cookie: &str, language: &str) -> Got {
    let request = Request::builder()
        .uri(path)
        .header(header::ACCEPT, "text/html")
        .header(header::ACCEPT_LANGUAGE, language)
        .header(header::COOKIE, cookie);
    site.send(request.body(Body::empty()).unwrap()).await
}

/// Returns the session cookie of the first admin, made through the one-time link.
async fn first_admin(site: &Site) -> String {
    let token = site.state.accounts.first_admin_link(site.now()).unwrap().unwrap();
    let form = format!("token={token}&name=Anna&password=correct+horse+battery");
    let got = site.form("", "/setup", &form).await;
    assert_eq!(got.status, 303, "{got:?}");
    let again = site.form("", "/setup", &form).await;
    assert_eq!(again.status, 403, "the link is good once");
    let cookie = got.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn people_come_in_by_the_one_time_link_and_by_password() {
    let site = Site::new();
    let away = page(&site, "/", "", "en").await;
    assert_eq!(
        (away.status.as_u16(), &away.headers["location"]),
        (303, &"/login".parse().unwrap())
    );
    let cookie = first_admin(&site).await;
    assert_eq!(page(&site, "/", &cookie, "en").await.status, 200);
    let right = site.form("", "/login", "name=Anna&password=correct+horse+battery").await;
    assert_eq!(right.status, 303);
    let going = page(&site, "/requests/5?page=2", "", "en").await;
    assert_eq!(going.headers["location"], "/login?back=%2Frequests%2F5%3Fpage%3D2");
    let asked = site.get("", "/login?back=%2Frequests%2F5%3Fpage%3D2").await.text();
    assert!(asked.contains("value=\"/requests/5?page=2\""), "{asked}");
    for (back, leads) in [("/requests/5", "/requests/5"), ("//evil.example", "/"), ("", "/")] {
        let form = format!("name=Anna&password=correct+horse+battery&back={back}");
        let entered = site.form("", "/login", &form).await;
        assert_eq!(entered.headers["location"], leads, "{back}");
    }
    let logout = bearer(Method::POST, "/logout", "").header(header::COOKIE, &cookie);
    assert_eq!(site.send(logout.body(Body::empty()).unwrap()).await.status, 303);
    assert_eq!(page(&site, "/", &cookie, "en").await.status, 303, "that session is over");
}

#[tokio::test]
async fn a_reload_after_a_wrong_password_sends_it_no_second_time() {
    let site = Site::new();
    first_admin(&site).await;
    let wrong = async || {
        let form = "name=Anna+%26+co&password=wrong&back=%2Frequests%2F5%3Fpage%3D2";
        let got = site.form("", "/login", form).await;
        assert_eq!(got.status, 303, "{got:?}");
        got.headers["location"].to_str().unwrap().to_owned()
    };
    let address = wrong().await;
    for _reload in 0..20 {
        let shown = page(&site, &address, "", "fr").await;
        let text = shown.text();
        assert!(text.contains("Le nom ou le mot de passe est faux."), "{text}");
        assert!(
            text.contains("value=\"Anna &#38; co\"")
                && text.contains("value=\"/requests/5?page=2\"")
        );
        assert_eq!(text.matches("autofocus").count(), 1, "{text}");
        assert!(text.contains("autocomplete=\"current-password\" autofocus"), "{text}");
        let switch = address.replace('&', "&#38;");
        assert!(text.contains(&format!("name=\"back\" value=\"{switch}\"")), "{text}");
    }
    assert_eq!(wrong().await, address, "no reload was counted");
    for _try in 0..8 {
        wrong().await;
    }
    let text = page(&site, &wrong().await, "", "en").await.text();
    assert!(text.contains("Too many wrong passwords: try again in 15 minutes."), "{text}");
    let waited = page(&site, "/login?refused=too_many&name=Berta", "", "en").await.text();
    assert!(!waited.contains("role=\"alert\""), "{waited}");
    assert_eq!(page(&site, "/login?refused=x", "", "en").await.status, 400);
}

#[tokio::test]
async fn what_is_refused_of_the_first_account_is_said_in_french() {
    let site = Site::new();
    let token = site.state.accounts.first_admin_link(site.now()).unwrap().unwrap();
    for (form, says) in [
        (
            format!("token={token}&name=Anna&password=short"),
            "Un mot de passe a au moins 10 caractères",
        ),
        ("token=old&name=Anna&password=correct+horse+battery".to_owned(), "Ce lien ne vaut plus"),
    ] {
        let request = bearer(Method::POST, "/setup", "")
            .header(header::ACCEPT_LANGUAGE, "fr")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let got = site.send(request.body(Body::from(form)).unwrap()).await.text();
        assert!(got.contains(says), "{got}");
    }
}

#[tokio::test]
async fn forms_do_what_they_say() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    let asked = site.form(&site.dispatcher, "/requests", "design=visor&pieces=12&title=Lyon").await;
    assert_eq!(asked.status, 303);
    let refused =
        site.form(&site.dispatcher, "/requests", "design=visor&pieces=-3&title=Nice").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("-3 pieces cannot be asked for"));
    assert!(refused.text().contains("value=\"Nice\""), "what was typed is kept");
    let rank = "priority=low&due=2990-12-24";
    assert_eq!(site.form(&site.dispatcher, "/requests/1/rank", rank).await.status, 303);
    let ranked = site.get(&site.reader, "/requests/1").await.text();
    assert!(ranked.contains("data-priority=\"low\"") && ranked.contains("24 Dec"), "{ranked}");
    assert_eq!(site.form(&site.dispatcher, "/requests/1/rank", "due=soon").await.status, 422);
    assert_eq!(site.form(&site.dispatcher, "/requests/1/cancel", "").await.status, 303);
    let withdraw = site.form(&site.dispatcher, "/designs/visor/r1/withdraw", "why=breaks").await;
    assert_eq!(withdraw.status, 303);
    let invite = site.form(&site.admin, "/makers/invites", "title=Anna").await;
    assert_eq!((invite.status.as_u16(), invite.text().contains("/join#")), (201, true));
    assert!(!site.get(&site.admin, "/makers").await.text().contains("/join#"), "shown once");
    let board = site.state.brain.board();
    assert_eq!((board.requests.len(), board.totals.wanted), (1, 0));
}

#[tokio::test]
async fn why_an_end_is_a_range_is_said_only_of_a_range() {
    let site = Site::that_wants(40).await;
    for (bed, is_range) in [(Bed::Clear, true), (Bed::Occupied, false)] {
        site.status(idle("one", bed)).await;
        let text = site.get(&site.reader, "/").await.text();
        assert!(text.contains("data-range=\"finish\" data-early="), "{text}");
        let hidden = text.contains("data-ranges=\"finish\" hidden>");
        assert_eq!(hidden, !is_range, "{bed:?}: {text}");
    }
}

#[tokio::test]
async fn a_message_to_a_maker_is_shown_as_unread_until_its_maker_has_read_it() {
    let site = Site::new();
    site.hello(&[("one", "Attic")]).await;
    let path = format!("/makers/agents/{}/memos", site.agent);
    let written = site.form(&site.dispatcher, &path, "text=Merci+%3Cb%3E%21").await;
    assert_eq!(written.status, 303);
    assert_eq!(site.form(&site.dispatcher, &path, "text=+%0A+").await.status, 422);
    assert_eq!(site.form(&site.reader, &path, "text=x").await.status, 403);
    let nobody = site.form(&site.dispatcher, "/makers/agents/nobody/memos", "text=x").await;
    assert_eq!(nobody.status, 404);
    let page = site.get(&site.dispatcher, "/makers").await.text();
    assert!(page.contains("Merci &#60;b&#62;!") && page.contains("not read yet"), "{page}");

    let memos = site.get(&site.reader, "/api/v1/memos").await.json();
    let memo = &memos["items"][0];
    assert_eq!((memo["text"].as_str(), memo["read"].is_null()), (Some("Merci <b>!"), true));
    let memos = vec![MemoId(memo["id"].as_u64().unwrap())];
    site.say(Up::Read { memos }).await;
    site.put(Event::Settle).await;
    let page = site.get(&site.reader, "/makers").await.text();
    assert!(!page.contains("not read yet") && !page.contains("<textarea"), "{page}");
    assert!(site.get(&site.reader, "/api/v1/memos").await.json()["items"][0]["read"].is_u64());
}

#[tokio::test]
async fn what_an_agent_says_is_wrong_is_said_in_the_readers_language() {
    let site = Site::new();
    site.hello(&[("one", "Attic")]).await;
    let hot = PrinterStatus {
        waits_for: Some(WaitsFor::ForeignPrint),
        fault: Some(Cause::KeptHot.sentence().to_owned()),
        ..idle("one", Bed::Clear)
    };
    site.status(hot).await;
    for (language, word, cause) in [
        ("en", ">kept hot</span>", ">It is kept hot, and OctoPrint prints nothing: "),
        (
            "fr",
            ">gardée chaude</span>",
            ">Elle est gardée chaude alors qu’OctoPrint n’imprime rien",
        ),
    ] {
        let request = bearer(Method::GET, "/printers?look=cards", &site.reader)
            .header(header::ACCEPT_LANGUAGE, language);
        let text = site.send(request.body(Body::empty()).unwrap()).await.text();
        assert!(text.contains(word) && text.contains(cause), "{text}");
    }
}

#[tokio::test]
async fn names_of_strangers_stay_text() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    site.request("visor", 4, HOSTILE).await;
    site.hello(&[("one", HOSTILE)]).await;
    site.status(PrinterStatus {
        activity: Activity::Faulted,
        fraction: Some(f32::NAN),
        seconds_left: Some(u32::MAX),
        nozzle_celsius: Some(f32::INFINITY),
        bed_celsius: Some(-1e30),
        fault: Some(HOSTILE.to_owned()),
        ..idle("one", Bed::Occupied)
    })
    .await;
    let title = HOSTILE.replace(' ', "+").replace('&', "%26");
    site.form(&site.admin, "/makers/invites", &format!("title={title}")).await;
    for path in [
        "/",
        "/printers",
        "/printers?look=cards&q=%3Cscript%3E",
        "/requests",
        "/requests/1",
        "/makers",
        "/designs",
        "/statistics",
        "/setup?token=%3Cscript%3E",
    ] {
        let text = site.get(&site.admin, path).await.text();
        assert!(!text.contains("<script>"), "{path}");
        assert!(!text.contains("<img src=x"), "{path}");
        // Templates of ours have no inline script or style either.
        assert!(!text.contains(" onerror=alert(1)>\"") && !text.contains("style="), "{path}");
    }
    assert!(site.get(&site.admin, "/").await.text().contains("&#60;script&#62;"));
}

#[tokio::test]
async fn pages_speak_the_readers_language() {
    let site = Site::new();
    let french = page(&site, "/login", "", "fr-FR,fr;q=0.9,en;q=0.5").await;
    assert!(french.text().contains("<html lang=\"fr\">") && french.text().contains("Mot de passe"));
    let chosen = page(&site, "/login", "visorfarm-language=en", "fr").await;
    assert!(chosen.text().contains("Password"));
    let setup = page(&site, "/setup?token=a-B_7", "", "en").await;
    assert!(setup.text().contains("name=\"back\" value=\"/setup?token=a-B_7\""));
    for (back, place) in [
        ("/login", "/login"),
        ("/setup?token=a-B_7", "/setup?token=a-B_7"),
        ("/setup?token=a%0Ab", "/"),
        ("//evil.example", "/"),
        ("https://evil", "/"),
    ] {
        let got = site.form("", "/language", &format!("language=fr&back={back}")).await;
        assert_eq!(got.headers["location"], place);
    }
}

#[tokio::test]
async fn failures_are_pages_for_people_and_json_for_programs() {
    let site = Site::new();
    let people = page(&site, "/nowhere", "", "en").await;
    assert_eq!(people.status, 404);
    assert!(people.text().contains("There is nothing at /nowhere"));
    assert!(people.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    let program = site.get("", "/nowhere").await;
    assert!(program.error().contains("there is nothing at /nowhere"));
}

#[tokio::test]
async fn files_of_the_page_are_kept_by_browsers() {
    let site = Site::new();
    let text = site.get("", "/login").await.text();
    let (_, rest) = text.split_once("href=\"/static/").unwrap();
    let path = format!("/static/{}", rest.split('"').next().unwrap());
    let got = site.get("", &path).await;
    assert_eq!(got.status, 200);
    assert!(got.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(site.get("", "/static/x/passwords").await.status, 404);
}

#[tokio::test]
async fn the_language_switch_leads_back_to_the_very_page() {
    let site = Site::new();
    let path = "/printers?state=person&sort=name&q=a";
    let shown = site.get(&site.reader, path).await.text();
    let back = "name=\"back\" value=\"/printers?state=person&#38;sort=name&#38;q=a\"";
    assert!(shown.contains(back), "{shown}");
    for (back, place) in [
        ("/printers%3Fstate%3Dperson%26q%3Da", "/printers?state=person&q=a"),
        ("/requests/7", "/requests/7"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/%5Cevil.example", "/"),
    ] {
        let got = site.form("", "/language", &format!("language=fr&back={back}")).await;
        assert_eq!((got.status.as_u16(), &got.headers["location"]), (303, &place.parse().unwrap()));
    }
}

#[tokio::test]
async fn a_failure_keeps_the_menu_of_who_is_logged_in_and_speaks_their_language() {
    let site = Site::new();
    let cookie = first_admin(&site).await;
    for (path, said) in [
        ("/requests/7", "Il n’y a pas de demande 7."),
        ("/printers?page=x", "Cette adresse ne peut pas être lue"),
        ("/nowhere", "Cette page n’existe pas, ou plus."),
    ] {
        let text = page(&site, path, &cookie, "fr").await.text();
        assert!(text.contains(said) && text.contains("href=\"/statistics\""), "{path}: {text}");
        assert!(!text.contains("deserialize"), "{path}: {text}");
    }
    let stranger = page(&site, "/nowhere", "", "fr").await.text();
    assert!(!stranger.contains("href=\"/statistics\""), "{stranger}");
}

#[tokio::test]
async fn a_day_that_is_over_is_refused_unless_it_already_stands() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    let form = "design=visor&pieces=4&title=Lyon&due=2026-01-02";
    let past = site.form(&site.dispatcher, "/requests", form).await;
    assert_eq!(past.status, 422);
    assert!(past.text().contains("2026-01-02 is over: choose today or a later day."));
    assert!(past.text().contains("value=\"Lyon\""), "what was typed is kept");
    site.request("visor", 4, "late").await;
    let form = "priority=high&due=2026-01-02";
    let rank = site.form(&site.dispatcher, "/requests/1/rank", form).await;
    assert_eq!(rank.status, 422);
    for kept in ["2026-01-02 is over", "value=\"2026-01-02\"", "value=\"high\" selected"] {
        assert!(rank.text().contains(kept), "{kept}: {}", rank.text());
    }
}

#[tokio::test]
async fn who_asks_is_told_first_how_many_plates_follow() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    for (pieces, said) in [
        ("10", "3 whole plates are printed. They give 12 pieces. No printer can print it now."),
        ("4", "1 whole plate is printed. They give 4 pieces."),
        ("0", "Say how many pieces"),
        ("x", "Say how many pieces"),
    ] {
        let path = format!("/requests/ahead?design=visor&pieces={pieces}&title=Lyon");
        let text = site.get(&site.dispatcher, &path).await.text();
        assert!(text.contains(said) && text.contains("value=\"Lyon\""), "{pieces}: {text}");
    }
    assert_eq!(site.state.brain.board().requests.len(), 0, "nothing is asked for yet");
}

#[tokio::test]
async fn makers_are_looked_for_without_accents() {
    let site = Site::new();
    site.hello(&[("one", "Källare")]).await;
    for (q, there) in [("kallare", true), ("KÄLL", true), ("zanzibar", false)] {
        let text = site.get(&site.reader, &format!("/makers?q={q}")).await.text();
        assert_eq!(text.contains("/printers/"), there, "{q}: {text}");
    }
}

#[tokio::test]
async fn requests_are_shown_page_by_page_and_what_is_over_last() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    for _ in 0..45 {
        site.request("visor", 4, "a hospital with a long name, in a town far away").await;
    }
    site.form(&site.dispatcher, "/requests/45/cancel", "").await;
    let keys = async |path: &str| {
        let text = site.get(&site.reader, path).await.text();
        let keys = text.split("<li class=\"request card\" data-key=\"").skip(1);
        let keys = keys.map(|rest| rest.split('"').next().unwrap().to_owned());
        // The last is the blank one that the script copies.
        let mut keys: Vec<_> = keys.collect();
        keys.pop();
        (keys, text)
    };
    let (first, text) = keys("/requests").await;
    assert_eq!((first.len(), first[0].as_str()), (40, "44"));
    assert!(
        text.contains("href=\"/requests?page=2\"") && text.contains("data-number=\"requests\">45")
    );
    let (second, _) = keys("/requests?page=2").await;
    assert_eq!(second, ["4", "3", "2", "1", "45"]);
    assert_eq!(keys("/requests?page=99").await.0, second);
    let (home, text) = keys("/").await;
    assert_eq!(home.len(), 12);
    assert!(text.contains("data-number=\"open\">44"));
}
