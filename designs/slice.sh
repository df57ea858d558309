#!/usr/bin/env bash
# Makes every committed slice again: OpenSCAD -> STL -> PrusaSlicer -> G-code.
#
#     designs/slice.sh              all slices
#     designs/slice.sh --picture    also visor-band.png, to look at (not committed)
#
# Debian packages: openscad prusa-slicer python3, and xvfb for the picture.
# The committed files came from openscad 2021.01 and prusa-slicer 2.5.0, both
# Debian 12. With those, only the date in a file's first line changes; a file
# that differs in nothing else is left as it is, so that its digest stays.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bundles=${PRUSASLICER_PROFILES:-/usr/share/PrusaSlicer/profiles}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

require() {
    local missing=() package
    for package in "$@"; do
        # A package and its command have one name here, but for xvfb.
        command -v "${package/#xvfb/xvfb-run}" > /dev/null || missing+=("$package")
    done
    if [[ ${#missing[@]} -gt 0 ]]; then
        echo "slice.sh: install the Debian packages ${missing[*]} first" >&2
        exit 2
    fi
}

# profile NAME BUNDLE PRINT FILAMENT PRINTER [KEY=VALUE ...]
#
# Classic perimeters: walls of whole lines make half the G-code that lines of
# changing width make. The contact distance tells the slicer that the empty
# layer between two bands is meant; without it, it warns of a faulty model.
profile() {
    local name=$1 bundle=$2
    shift 2
    python3 "$here/flatten.py" "$bundles/$bundle" "${@:1:3}" "$work/$name.ini" \
        perimeter_generator=classic support_material_contact_distance=0.3 "${@:4}"
}

# slice DESIGN REVISION PROFILE [PARAMETER=VALUE ...]
slice() {
    local design=$1 revision=$2 profile=$3 target="$here/$1/$2/$3.gcode"
    local defines=() define
    for define in "${@:4}"; do defines+=(-D "$define"); done

    openscad -q -o "$work/$design.stl" "${defines[@]}" "$here/$design/$design.scad"
    # Its own data folder: settings of whoever runs this must not get in.
    prusa-slicer --datadir "$work/settings" --loglevel 1 --export-gcode --load "$work/$profile.ini" \
        --output "$work/$profile.gcode" "$work/$design.stl" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    if grep -qi "warning" "$work/log"; then
        cat "$work/log" >&2
        echo "slice.sh: the slicer warns about $design/$revision/$profile: mend the model or the profile" >&2
        exit 1
    fi

    if [[ -f $target ]] && cmp -s <(tail -n +2 "$target") <(tail -n +2 "$work/$profile.gcode"); then
        echo "$design/$revision/$profile.gcode is what the model gives"
    else
        mkdir -p "$(dirname "$target")"
        mv "$work/$profile.gcode" "$target"
        echo "$design/$revision/$profile.gcode is new: $(wc -l < "$target") lines, $(stat -c %s "$target") bytes"
    fi
}

# picture DESIGN
picture() {
    xvfb-run -a openscad -q --render --imgsize=1200,800 --camera=0,30,10,55,0,25,520 \
        -o "$here/$1/$1.png" "$here/$1/$1.scad"
    echo "$1/$1.png is the picture"
}

require openscad prusa-slicer python3

profile ender3 Creality.ini \
    "0.28 mm SUPERDRAFT (0.4 mm nozzle) @CREALITY" "Generic PETG @CREALITY" "Creality Ender-3 (0.4 mm nozzle)"
profile mk3s PrusaResearch.ini \
    "0.30mm DRAFT @MK3" "Prusament PETG" "Original Prusa i3 MK3S & MK3S+"

# The walls are whole lines of each profile's width: 6 and 4 of 0.42 to 0.44 mm, 4 and 4 of 0.5 to 0.6 mm.
slice visor-band r1 ender3 n=4 layer=0.28 layers=29 forehead_wall=2.3 outer_wall=1.5
slice visor-band r1 mk3s n=4 layer=0.3 layers=27 forehead_wall=2.0 outer_wall=2.0

if [[ ${1:-} == --picture ]]; then
    require xvfb
    picture visor-band
fi
