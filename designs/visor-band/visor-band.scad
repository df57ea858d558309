// Headband of a face visor.
//
// The forehead band rests on the head; the outer band carries a sheet of A4
// transparency, punched along a long edge and hung on the pins; an elastic
// strap between the two hooks closes the visor behind the head.
//
// Every part starts on the print bed and nothing leans out by more than 45
// degrees, so neither one band nor a stack of them needs supports.
//
// All lengths are millimetres, all angles degrees. The wearer looks along +y;
// the origin is between the ears. The band is worn the way up it is printed.

/* [Plate] */

// Bands printed on top of each other
n = 4; // [1:1:8]

// Layer height of the print profile: heights below are counted in layers
layer = 0.28; // [0.1:0.01:0.4]

// Layers in one band (29 layers of 0.28 are 8.1 mm)
layers = 29; // [12:1:80]

// Empty layers between two bands of a stack. One: two bands part with a knife,
// but the upper one still lies on the lower one while it is printed
gap_layers = 1; // [1:1:2]

/* [Head] */

// Width of the head, temple to temple
head_width = 152; // [120:1:180]

// From the line between the ears to the forehead
head_front = 78; // [60:1:100]

// How far the arms reach behind the ears' line
arm_length = 40; // [30:1:60]

// How far each arm bends inwards at its end
arm_bend = 5; // [0:1:12]

/* [Sheet] */

// Radius of the outer band: half a turn is the long edge of A4, 297 mm
sheet_radius = 95; // [90:0.5:100]

// From the forehead to the sheet: room for glasses and for breath
sheet_distance = 26; // [15:1:40]

// Distance of two holes of an office punch (ISO 838)
hole_distance = 80; // [70:1:110]

// Pins along the sheet: 4 are two strokes of a two-hole punch
pins = 4; // [2:2:4]

/* [Walls] */

// Wall of the forehead band and its arms. Best is what the print profile fills
// with whole lines and no gap: an even number of them
forehead_wall = 2.3; // [1.2:0.1:4]

// Wall of the outer band: thinner, it only carries the sheet
outer_wall = 1.5; // [1.2:0.1:4]

// Width of a pin. With its height of 4 mm it passes a hole of 5.5 mm
pin_width = 3.4; // [2:0.1:4]

// How far a pin stands out
pin_reach = 4; // [2:0.5:5]

// Inner radius of the strap hooks: elastic of up to 5 mm
hook_radius = 3.5; // [2:0.5:6]

/* [Hidden] */

height = layers * layer;
pitch = (layers + gap_layers) * layer;

// Height of a pin where the sheet hangs.
pin_height = 4;

// Facets of a round end of a wall. More would only lengthen the G-code.
$fn = 12;

// Degrees between two points of a curve: 4 degrees on the outer band leave
// the circle by 0.06 mm, which no sheet notices.
step = 4;

half_width = head_width / 2 + forehead_wall / 2;
sheet_centre = head_front + sheet_distance - sheet_radius;
arm_end = [half_width - arm_bend, -arm_length];

assert(pin_reach + pin_height - 1 <= height, "the pins are higher than the band: add layers");
assert(sqrt(pow(pin_width, 2) + pow(pin_height, 2)) <= 5.5, "the pins do not pass a punched hole");
assert((pins - 1) * hole_distance < PI * sheet_radius, "the outer pins lie beyond the outer band");

plate();

// What is sliced: `n` bands with nothing but the gap between them.
module plate() {
    for (i = [0 : n - 1])
        translate([0, 0, i * pitch])
            band();
}

module band() {
    linear_extrude(height) {
        stroke(forehead_path(), forehead_wall);
        both_sides() {
            stroke(arm_path(), forehead_wall);
            stroke(link_path(), outer_wall);
        }
        stroke(sheet_path(), outer_wall);
    }
    for (i = [0 : pins - 1])
        pin_at((i - (pins - 1) / 2) * hole_distance);
}

// A hook for one hole of the sheet, `along` millimetres from the middle of the
// sheet's edge. It points outwards and up: the sheet cannot slide off while it
// is worn, and the print needs no support below it.
module pin_at(along) {
    translate([0, sheet_centre, 0])
        rotate(90 - along / (sheet_radius + outer_wall / 2) * 180 / PI)
            translate([sheet_radius, pin_width / 2, 0])
                rotate([90, 0, 0])
                    linear_extrude(pin_width)
                        polygon([
                            [-outer_wall / 2, 0],
                            [outer_wall / 2, 0],
                            [outer_wall / 2 + pin_reach, pin_reach],
                            [outer_wall / 2 + pin_reach, pin_reach + pin_height - 1],
                            [outer_wall / 2, pin_height],
                            [-outer_wall / 2, pin_height],
                        ]);
}

// A wall of even thickness along a line of points.
module stroke(points, wall) {
    for (i = [1 : len(points) - 1])
        hull() {
            translate(points[i - 1]) circle(d = wall);
            translate(points[i]) circle(d = wall);
        }
}

module both_sides() {
    children();
    mirror([1, 0]) children();
}

// Points of an arc of an ellipse, in steps of about `degrees`.
function arc(centre, radii, from, to, degrees = step) =
    let (steps = ceil(abs(to - from) / degrees))
    [
        for (i = [0 : steps])
            let (a = from + (to - from) * i / steps)
            centre + [radii[0] * cos(a), radii[1] * sin(a)]
    ];

// Half an ellipse from temple to temple.
function forehead_path() =
    arc([0, 0], [half_width, head_front + forehead_wall / 2], 0, 180);

// From the temple backwards along the head, then outwards round the hook. The
// hook opens forwards, so that the strap's pull holds it in.
function arm_path() =
    let (radius = hook_radius + forehead_wall / 2)
    concat(
        [
            for (i = [0 : 4])
                let (k = i / 4)
                [half_width - arm_bend * k * k, -arm_length * k]
        ],
        arc(arm_end + [radius, 0], [radius, radius], 180, 390, 20)
    );

// Half a turn that carries the sheet.
function sheet_path() =
    arc([0, sheet_centre], [sheet_radius, sheet_radius], 0, 180);

// From the end of the outer band round to the arm, which it meets at a right
// angle. Nothing stands out beyond the sheet.
function link_path() =
    let (reach = sheet_radius - half_width + 0.6)
    arc([sheet_radius - reach, sheet_centre], [reach, 24], 0, -90, 10);
