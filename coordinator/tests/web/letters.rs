//! Letters to people: who gets them says so twice, and nobody else does.

use axum::body::Body;
use axum::http::{Method, header};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use visorfarm_coordinator::accounts::Role;
use visorfarm_coordinator::web::Carrier;

use crate::site::{Got, Site, bearer};

/// A mail server that takes every letter (RFC 5321, appendix D.1).
async fn mail_server() -> (Carrier, mpsc::UnboundedReceiver<String>) {
    rustls::crypto::ring::default_provider().install_default().ok();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (letters, taken) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            letters.send(take_letter(stream).await).ok();
        }
    });
    (Carrier::new(&format!("smtp://{address}"), "visors@farm.example").unwrap(), taken)
}

async fn take_letter(stream: TcpStream) -> String {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut letter = String::new();
    writer.write_all(b"220 farm.example\r\n").await.unwrap();
    while let Some(line) = lines.next_line().await.unwrap() {
        letter.push_str(&line);
        letter.push('\n');
        let answer: &[u8] = match line.split(' ').next().unwrap_or_default() {
            "EHLO" => b"250 farm.example\r\n",
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await.unwrap();
                while let Some(line) = lines.next_line().await.unwrap() {
                    if line == "." {
                        break;
                    }
                    letter.push_str(&line);
                    letter.push('\n');
                }
                writer.write_all(b"250 taken\r\n").await.unwrap();
                return letter;
            }
            _ => b"250 fine\r\n",
        };
        writer.write_all(answer).await.unwrap();
    }
    letter
}

/// Returns the code in the link of a letter that leads to `path`.
fn code_in(letter: &str, path: &str) -> String {
    // Long lines are broken, and signs written by number (RFC 2045, section 6.7).
    let plain = letter.replace("=\n", "").replace("=3D", "=");
    let (_, code) = plain.split_once(&format!("{path}?code=")).unwrap();
    code.chars().take_while(|c| !c.is_whitespace()).collect()
}

/// Returns by what a letter is known to mail servers.
fn message_id(letter: &str) -> &str {
    let line = letter.lines().find_map(|line| line.strip_prefix("Message-ID: "));
    line.unwrap_or_else(|| panic!("no Message-ID in {letter}"))
}

/// A person who looks at the pages.
struct Person<'a> {
    site: &'a Site,
    cookie: String,
}

impl<'a> Person<'a> {
    async fn new(site: &'a Site) -> Self {
        let (accounts, now) = (&site.state.accounts, site.state.clock.now());
        accounts.add_user("Anne", "correct horse battery", Role::Reader, now).unwrap();
        let form = "name=Anne&password=correct+horse+battery";
        let got = site.form("", "/login", form).await;
        let cookie = got.headers["set-cookie"].to_str().unwrap();
        Self { site, cookie: cookie.split(';').next().unwrap().to_owned() }
    }

    async fn look(&self) -> String {
        let request = bearer(Method::GET, "/notices", "").header(header::COOKIE, &self.cookie);
        self.site.send(request.body(Body::empty()).unwrap()).await.text()
    }

    async fn send(&self, path: &str, form: &str) -> Got {
        let request = bearer(Method::POST, path, "")
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.site.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }
}

#[tokio::test]
async fn an_address_is_confirmed_by_the_link_in_a_letter() {
    let (carrier, mut letters) = mail_server().await;
    let site = Site::with_carrier(Some(carrier));
    let anne = Person::new(&site).await;
    let wish = "address=anne%40home.example&beds=on&results=on";
    assert_eq!(anne.send("/notices", wish).await.status, 303);
    let letter = letters.recv().await.unwrap();
    assert!(letter.contains("RCPT TO:<anne@home.example>"), "{letter}");
    let code = code_in(&letter, "/notices/confirm");
    assert!(anne.look().await.contains("A letter is on its way"));
    assert_eq!(site.state.accounts.notices().unwrap().len(), 0);
    let guessed = site.form("", "/notices/confirm", "code=guess").await;
    assert_eq!(guessed.status, 403);
    // A mail server's guard opens the link, and presses no button.
    let asked = site.get("", &format!("/notices/confirm?code={code}")).await;
    assert_eq!((asked.status.as_u16(), asked.text().contains("<button>Write to me")), (200, true));
    assert_eq!(site.state.accounts.notices().unwrap().len(), 0);
    // Whoever reads the letter on a telephone is not logged in there.
    let confirmed = site.form("", "/notices/confirm", &format!("code={code}")).await;
    assert_eq!(confirmed.status, 200, "{code} in {letter}");
    assert!(confirmed.text().contains("The address is confirmed"), "{}", confirmed.text());
    let notices = site.state.accounts.notices().unwrap();
    assert_eq!(notices[0].about, ["results", "beds"]);
    assert!(anne.look().await.contains("You are told at anne@home.example"));
    assert_eq!(anne.send("/notices/stop", "").await.status, 303);
    assert_eq!(site.state.accounts.notices().unwrap().len(), 0);
}

#[tokio::test]
async fn without_a_mail_server_or_an_address_it_says_so() {
    let site = Site::new();
    let anne = Person::new(&site).await;
    assert!(anne.look().await.contains("has no mail server"));
    let wish = "address=anne%40home.example&beds=on";
    let refused = anne.send("/notices", wish).await;
    assert_eq!((refused.status.as_u16(), refused.text().contains("--mail-server")), (409, true));
    let program = site.get(&site.reader, "/notices").await;
    assert_eq!(program.status, 409, "a program reads no letters");

    let (carrier, _letters) = mail_server().await;
    let site = Site::with_carrier(Some(carrier));
    let anne = Person::new(&site).await;
    let wrong = anne.send("/notices", "address=nowhere&beds=on").await;
    assert_eq!((wrong.status.as_u16(), wrong.text().contains("is no address")), (422, true));
    for kept in ["value=\"nowhere\"", "name=\"beds\" checked"] {
        assert!(wrong.text().contains(kept), "what was filled in stays: {}", wrong.text());
    }
    assert!(!wrong.text().contains("name=\"results\" checked"), "{}", wrong.text());
}

#[tokio::test]
async fn every_letter_has_a_message_id_of_its_own() {
    let (carrier, mut letters) = mail_server().await;
    let site = Site::with_carrier(Some(carrier));
    let agents = [site.agent.clone(), site.joins("cellar")];
    for (agent, number) in agents.iter().zip(0..) {
        site.wishes(agent, &format!("maker{number}@home.example"));
    }
    let [first, second] = [letters.recv().await.unwrap(), letters.recv().await.unwrap()];
    let ids = [message_id(&first), message_id(&second)];
    assert_ne!(ids[0], ids[1]);
    for id in ids {
        let local = id.strip_prefix('<').and_then(|id| id.strip_suffix("@farm.example>"));
        let drawn = |local: &str| 20 <= local.len() && local.is_ascii();
        assert!(local.is_some_and(drawn), "{id}");
    }
}

#[tokio::test]
async fn a_maker_confirms_and_ends_letters_by_buttons_that_the_links_lead_to() {
    let (carrier, mut letters) = mail_server().await;
    let site = Site::with_carrier(Some(carrier));
    site.wishes(&site.agent, "anne@home.example");
    let letter = letters.recv().await.unwrap();
    assert!(letter.contains("RCPT TO:<anne@home.example>"), "{letter}");
    assert!(!letter.contains("attic"), "a stranger reads no word of an agent's: {letter}");
    let [confirm, end] = ["confirm", "end"].map(|step| {
        let code = code_in(&letter, &format!("/letters/{step}"));
        (format!("/letters/{step}"), format!("code={code}"))
    });
    // A mail server's guard opens every link, and presses no button.
    for (path, code) in [&confirm, &end] {
        let page = site.get("", &format!("{path}?{code}")).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("<button>Write to me"), "{}", page.text());
    }
    let told = || site.state.accounts.maker_notices().unwrap().len();
    assert_eq!(told(), 0);
    assert_eq!(site.form("", "/letters/confirm", "code=guess").await.status, 403);
    assert_eq!(site.form("", &confirm.0, &confirm.1).await.status, 200);
    assert_eq!(told(), 1);
    assert_eq!(site.form("", &confirm.0, &confirm.1).await.status, 403, "once");
    assert_eq!(site.form("", &end.0, &end.1).await.status, 200);
    assert_eq!(told(), 0);
    assert_eq!(site.form("", &end.0, &end.1).await.status, 403);
}

#[tokio::test]
async fn nobody_who_looks_at_the_farm_sees_a_makers_address() {
    let (carrier, mut letters) = mail_server().await;
    let site = Site::with_carrier(Some(carrier));
    site.wishes(&site.agent, "canary@home.example");
    site.hello(&[("ender", "Ender")]).await;
    let code = code_in(&letters.recv().await.unwrap(), "/letters/confirm");
    site.form("", "/letters/confirm", &format!("code={code}")).await;
    let printer = format!("/printers/{}/ender", site.agent);
    for path in [
        "/",
        "/printers",
        &printer,
        "/makers",
        "/statistics",
        "/api/v1/agents",
        "/api/v1/printers",
        "/api/v1/farm",
        "/api/v1/anomalies",
        "/sheets/makers.csv",
    ] {
        let got = site.get(&site.admin, path).await;
        assert!(!String::from_utf8_lossy(&got.bytes).contains("canary"), "{path}");
    }
}
