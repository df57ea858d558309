//! A made-up farm, served until the process ends, to look at in a browser:
//! `VISORFARM_LOOK=full cargo test --test web a_farm_to_look_at -- --ignored --nocapture`,
//! or `empty` for one where nothing has happened yet.

use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::message::{End, Fact};
use visorfarm_protocol::status::{Activity, Bed, PrinterStatus, WaitsFor};

use crate::site::Site;

const PRINTERS: [(&str, &str); 8] = [
    ("attic", "Ender 3 in the attic"),
    ("cellar", "Prusa MK3, cellar"),
    ("fablab-1", "FabLab 1"),
    ("fablab-2", "FabLab 2 with a name that is much longer than anybody would think a name can be"),
    ("kitchen", "Cuisine d’Élodie"),
    ("garage", "Garage"),
    ("school", "Collège Jean-Moulin"),
    ("office", "Office"),
];

fn status(printer: &str, activity: Activity) -> PrinterStatus {
    PrinterStatus {
        printer: printer.parse().unwrap(),
        activity,
        bed: Bed::Clear,
        waits_for: None,
        lease: None,
        fraction: None,
        seconds_left: None,
        nozzle_celsius: Some(24.0),
        bed_celsius: Some(22.5),
        fault: None,
    }
}

fn printing(printer: &str, fraction: f32) -> PrinterStatus {
    PrinterStatus {
        fraction: Some(fraction),
        seconds_left: Some(5_000),
        nozzle_celsius: Some(238.4),
        bed_celsius: Some(80.0),
        bed: Bed::Occupied,
        ..status(printer, Activity::Printing)
    }
}

/// Prints a plate and judges it.
async fn print(site: &Site, printer: &str, ask: u64, good: u32, bad: u32) {
    let Some(lease) = site.ask(printer, ask).await else { return };
    let board = site.state.brain.board();
    let row = board.printers.iter().find(|row| row.printer.as_str() == printer).unwrap();
    let held = row.plate.as_ref().unwrap();
    let plate = visorfarm_protocol::message::Plate {
        request: held.request.unwrap(),
        job: held.job.unwrap(),
        design: held.design.clone(),
        revision: held.revision.clone(),
        profile: row.profile.clone(),
        digest: Digest([7; 32]),
        pieces: held.pieces,
    };
    let end = End::Completed;
    let (ordinal, seconds, note) = (0, Some(5_300), String::new());
    site.tell(printer, 3 * ask, Fact::Started { lease }).await;
    let ended = Fact::Ended { lease, ordinal, end, plate, seconds, note };
    site.tell(printer, 3 * ask + 1, ended).await;
    if 0 < good + bad {
        site.tell(printer, 3 * ask + 2, Fact::Judged { lease, ordinal, good, bad }).await;
    }
}

async fn fill(site: &Site) {
    let folder = site.designs().join("visor-band/r2");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("mk3.gcode"), "G28\nM104 S200\nG1 X10 F600\n").unwrap();
    std::fs::write(folder.join("mk3.toml"), "pieces = 4\n").unwrap();
    std::fs::write(folder.join("ender3.gcode"), crate::site::GCODE).unwrap();
    site.publish("visor-band", Digest([7; 32]), 4).await;
    site.publish("ear-saver", Digest([8; 32]), 20).await;
    let done = site.request("visor-band", 8, "Pharmacie de la Gare, Villeurbanne").await;
    site.hello(&PRINTERS).await;
    print(site, "attic", 1, 4, 0).await;
    print(site, "cellar", 1, 4, 0).await;
    site.post(&site.dispatcher, &format!("/api/v1/requests/{done}/deliveries"), r#"{"pieces":8}"#)
        .await;
    site.request("visor-band", 64, "Hôpital de la Croix-Rousse, réanimation").await;
    for (printer, ask) in [("attic", 2), ("fablab-1", 2), ("cellar", 2)] {
        print(site, printer, ask, 4, 0).await;
    }
    print(site, "fablab-2", 2, 3, 1).await;
    print(site, "office", 2, 0, 0).await;
    let cancelled = site.request("ear-saver", 100, "EHPAD Les Tilleuls").await;
    site.post(&site.dispatcher, &format!("/api/v1/requests/{cancelled}/cancel"), "").await;
    for printer in ["attic", "cellar", "fablab-1", "kitchen"] {
        site.ask(printer, 9).await;
    }
    site.status(printing("attic", 0.31)).await;
    site.status(printing("cellar", 0.87)).await;
    let fault = "Thermal Runaway, printer halted. Please reset".to_owned();
    let faulted = status("fablab-1", Activity::Faulted);
    site.status(PrinterStatus { fault: Some(fault), ..faulted }).await;
    let bed = status("fablab-2", Activity::Idle);
    site.status(PrinterStatus { waits_for: Some(WaitsFor::BedClear), ..bed }).await;
    site.status(status("kitchen", Activity::Preparing)).await;
    let own = status("garage", Activity::Foreign);
    site.status(PrinterStatus { fraction: Some(0.5), ..own }).await;
    site.status(status("school", Activity::Idle)).await;
    site.status(status("office", Activity::Offline)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "serves until it is ended; for looking at"]
async fn a_farm_to_look_at() {
    // A run of all ignored tests must end.
    let Ok(look) = std::env::var("VISORFARM_LOOK") else { return };
    let site = Site::new();
    if look != "empty" {
        fill(&site).await;
    }
    tokio::spawn(site.state.intake.clone().run());
    let token = site.state.accounts.first_admin_link(site.now()).unwrap().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}/setup?token={token}", listener.local_addr().unwrap());
    println!("Authorization: Bearer {}", site.admin);
    let beat = async {
        let mut fraction = 0.31;
        loop {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            fraction = (fraction + 0.01_f32).min(0.99);
            site.status(printing("attic", fraction)).await;
        }
    };
    tokio::select! {
        served = axum::serve(listener, site.router.clone()) => served.unwrap(),
        () = beat => {}
    }
}
