use time::macros::utc_datetime;

use super::{DEFAULT_LAYOUT, format_time};

fn check(cases: &[(&str, &str)]) {
    let time = utc_datetime!(2009-02-04 21:00:57.012_345_600);
    for (layout, expected) in cases {
        assert_eq!(format_time(layout, time), *expected, "{layout}");
    }
}

#[test]
fn the_default_is_rfc_3339_in_utc() {
    check(&[(DEFAULT_LAYOUT, "2009-02-04T21:00:57Z")]);
}

#[test]
fn gos_own_named_layouts_come_out_as_in_go() {
    check(&[
        ("Mon Jan _2 15:04:05 2006", "Wed Feb  4 21:00:57 2009"),
        (
            "Mon Jan 02 15:04:05 -0700 2006",
            "Wed Feb 04 21:00:57 +0000 2009",
        ),
        ("02 Jan 06 15:04 MST", "04 Feb 09 21:00 UTC"),
        (
            "Monday, 02-Jan-06 15:04:05 MST",
            "Wednesday, 04-Feb-09 21:00:57 UTC",
        ),
        (
            "Mon, 02 Jan 2006 15:04:05 -0700",
            "Wed, 04 Feb 2009 21:00:57 +0000",
        ),
        (
            "2006-01-02T15:04:05.999999999Z07:00",
            "2009-02-04T21:00:57.0123456Z",
        ),
        ("3:04PM", "9:00PM"),
        ("Jan _2 15:04:05.000000", "Feb  4 21:00:57.012345"),
    ]);
}

#[test]
fn every_padding_is_known() {
    check(&[
        ("1 01 2 02 _2 002 __2", "2 02 4 04  4 035  35"),
        ("3 03 15 4 04 5 05 06", "9 09 21 0 00 57 57 09"),
        ("PM pm", "PM pm"),
        ("January Jan Monday Mon", "February Feb Wednesday Wed"),
        ("_2006 __2006", "_2009  35009"),
    ]);
}

#[test]
fn offsets_are_those_of_utc() {
    check(&[
        ("Z07:00 Z0700 Z07 Z070000 Z07:00:00", "Z Z Z Z Z"),
        (
            "-07:00 -0700 -07 -070000 -07:00:00",
            "+00:00 +0000 +00 +000000 +00:00:00",
        ),
    ]);
}

#[test]
fn fractions_are_cut_and_nines_drop_the_zeros_at_the_end() {
    check(&[
        (".000 .0 ,000000000", ".012 .0 ,012345600"),
        (".999 .9 .999999999 ,99", ".012  .0123456 ,01"),
        (".0001 .9x .00a.", ".0002 x .01a."),
    ]);
}

#[test]
fn what_is_no_element_is_plain_text() {
    check(&[
        ("Janet Monk at", "Janet Monk at"),
        ("build-%s é €", "build-%s é €"),
        ("", ""),
        ("2006-01-02-1504", "2009-02-04-2100"),
        ("20060102150405", "20090204210057"),
    ]);
}
