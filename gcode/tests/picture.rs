//! Pictures: the same for the same bytes, of bounded size, and showing what is printed.

use std::fmt::Write as _;

use visorfarm_gcode::{Colouring, Look, Options, Path, Scanner, Sight, View};

const FLAT: Look = Look { view: View::Top, colouring: Colouring::Feature };

fn watch(file: &[u8], piece: usize) -> Sight {
    let mut scanner = Scanner::watching(&Options { motion: None, ..Options::default() });
    for chunk in file.chunks(piece) {
        scanner.feed(chunk);
    }
    scanner.finish_watching().1
}

fn path(file: &str) -> Path {
    watch(file.as_bytes(), 4096).path
}

/// A tower of squares that turn from layer to layer.
fn tower(layers: u32) -> String {
    let mut file = String::from("G28\nG90\nM83\nG1 Z0.2 F600\n");
    for layer in 0..layers {
        let turned = f64::from(layer) / 50.0;
        let height = f64::from(layer) * 0.2 + 0.2;
        writeln!(file, "G1 Z{height:.2}\nG1 X150 Y100\n;TYPE:External perimeter").expect("text");
        for corner in 0..=60 {
            let angle = turned + f64::from(corner) / 60.0 * std::f64::consts::TAU;
            let (x, y) = (100.0 + 50.0 * angle.cos(), 100.0 + 50.0 * angle.sin());
            writeln!(file, "G1 X{x:.3} Y{y:.3} E0.4").expect("text");
        }
    }
    file
}

#[test]
fn a_square_from_above() {
    let square = "G28\nG90\nM83\nG1 X10 Y10 Z0.2\n;TYPE:External perimeter\nG1 X20 E1\nG1 Y20 E1\nG1 X10 E1\nG1 Y10 E1\n";
    assert_eq!(
        path(square).svg(FLAT),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 216 216\" fill=\"none\" \
         stroke-linecap=\"round\" stroke-linejoin=\"round\">\n\
         <rect width=\"216\" height=\"216\" fill=\"#fbfbf8\"/>\n\
         <path stroke=\"#e69f00\" stroke-width=\"9\" d=\"M8 208l200 0 0 -200 -200 0 0 200\"/>\n</svg>\n"
    );
}

#[test]
fn points_on_the_way_are_left_out_and_arcs_are_round() {
    let straight = "G28\nM83\nG1 X0 Y0 Z1\nG1 X5 E1\nG1 X10 E1\nG1 X11 E1\n";
    assert!(path(straight).svg(FLAT).contains("d=\"M9 9l220 0\""), "{}", path(straight).svg(FLAT));
    let circle = "G28\nM83\nG1 X60 Y50 Z1\nG3 X60 Y50 I-10 J0 E5\n";
    // A circle is as wide as it is high, and its way comes back to where it began.
    let round = turned(&path(circle).svg(FLAT));
    let [wide, high] = [0, 1].map(|axis| spread(&round, axis));
    assert!((wide - high).abs() <= 2 && 16 < round.len(), "{round:?}");
    assert_eq!(round.first(), round.last());
    let middle =
        [0, 1].map(|axis| round.iter().map(|point| point[axis]).min().expect("points") + wide / 2);
    for point in &round {
        let [across, along] = [0, 1].map(|axis| f64::from(point[axis] - middle[axis]));
        assert!(
            (across.hypot(along) - f64::from(wide) / 2.0).abs() < 3.0,
            "{point:?} of {round:?}"
        );
    }
    for turn in ["G2", "G3"] {
        let arc = path(&format!("G28\nM83\nG1 X40 Y50 Z1\n{turn} X60 Y50 I10 J0 E5\n"));
        assert_eq!(arc.svg(FLAT), path(&in_pieces(turn)).svg(FLAT), "{turn}");
    }
}

/// The half circle of that turn, in pieces of a millimetre.
fn in_pieces(turn: &str) -> String {
    let side = if turn == "G2" { 1.0 } else { -1.0 };
    let piece = |number: u32| {
        let angle = std::f64::consts::PI * (1.0 - f64::from(number) / 32.0);
        let (x, y) = (50.0 + 10.0 * angle.cos(), 50.0 + side * 10.0 * angle.sin());
        format!("G1 X{x:.6} Y{y:.6} E.1\n")
    };
    let pieces: Vec<String> = (1..=32).map(piece).collect();
    format!("G28\nM83\nG1 X40 Y50 Z1\n{}", pieces.concat())
}

#[test]
fn travel_purges_and_retractions_are_not_drawn() {
    let nothing =
        "G28\nM83\nG1 X10 Y10 Z1\n;TYPE:Custom\nG1 X90 E9\n;TYPE:Perimeter\nG1 E-2\nG1 E2\nG1 X1\n";
    assert!(path(nothing).is_empty());
    // Whoever draws it all the same gets paper.
    assert!(path(nothing).svg(FLAT).starts_with("<svg"));
    assert_eq!(side(&path(nothing).png(FLAT, 16)), [16, 16]);
}

#[test]
fn the_same_bytes_give_the_same_picture() {
    let file = tower(40);
    let (one, other) = (watch(file.as_bytes(), 4096).path, watch(file.as_bytes(), 17).path);
    for view in [View::Top, View::Isometric] {
        for colouring in [Colouring::Layer, Colouring::Feature] {
            let look = Look { view, colouring };
            assert_eq!(one.svg(look), other.svg(look));
            assert_eq!(one.png(look, 200), other.png(look, 200));
        }
    }
}

#[test]
fn a_picture_of_a_large_print_is_no_larger() {
    let path = path(&tower(4000));
    let look = Look::default();
    assert!(path.svg(look).len() < 1_000_000, "{} bytes", path.svg(look).len());
    let png = path.png(look, 400);
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.ends_with(b"IEND\xAE\x42\x60\x82"));
    assert_eq!(side(&png).into_iter().max(), Some(400));
}

/// Returns how wide and how high a PNG says that it is.
fn side(png: &[u8]) -> [u32; 2] {
    [16, 20].map(|at| u32::from_be_bytes([png[at], png[at + 1], png[at + 2], png[at + 3]]))
}

/// Returns the points of a picture's only way, whose steps are written one after the other.
fn turned(svg: &str) -> Vec<[i32; 2]> {
    let way = svg.split(" d=\"M").nth(1).and_then(|rest| rest.split('"').next()).expect("a way");
    let numbers: Vec<i32> =
        way.split([' ', 'l']).map(|number| number.parse().expect("a whole number")).collect();
    let mut at = [0, 0];
    let steps = numbers.chunks(2).map(|step| {
        at = [at[0] + step[0], at[1] + step[1]];
        at
    });
    steps.collect()
}

fn spread(points: &[[i32; 2]], axis: usize) -> i32 {
    let along = points.iter().map(|point| point[axis]);
    along.clone().max().expect("points") - along.min().expect("points")
}

#[test]
fn a_layer_that_is_too_much_is_drawn_as_far_as_it_goes() {
    let mut file = String::from("G28\nG90\nM83\nG1 Z0.2 F600\n");
    for dash in 0..200_000 {
        let (x, y) = (f64::from(dash % 400) / 2.0, f64::from(dash / 400) / 3.0);
        writeln!(file, "G1 X{x:.1} Y{y:.2}\nG1 X{:.1} E0.02", x + 0.4).expect("text");
    }
    let svg = path(&file).svg(FLAT);
    assert!((50_000..2_000_000).contains(&svg.len()), "{}", svg.len());
}

#[test]
fn a_place_far_outside_is_drawn_without_harm() {
    let far = "G28\nM83\nG1 X0 Y0 Z1\nG1 X999999999 Y-999999999 E1\nG1 X1 Y1 Z999999999 E1\n";
    assert!(path(far).png(Look::default(), 64).len() < 100_000);
}
