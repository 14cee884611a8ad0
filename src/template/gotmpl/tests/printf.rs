//! The verbs of `printf`.

use super::{check, check_errors, check_with};

#[test]
fn integers_have_their_verbs() {
    check(&[
        (
            "{{printf `%5d|%-5d|%05d|%+d|% d` 42 42 42 42 42}}",
            "   42|42   |00042|+42| 42",
        ),
        (
            "{{printf `%x|%X|%o|%O|%b|%#x|%#o|%#b` 42 42 42 42 42 42 42 42}}",
            "2a|2A|52|0o52|101010|0x2a|052|0b101010",
        ),
        (
            "{{printf `%c|%q|%U|%#U` 65 65 65 65}}",
            "A|'A'|U+0041|U+0041 'A'",
        ),
        (
            "{{printf `%.0d|%.5d|%+.3d|%x|%X` 0 42 42 -255 -255}}",
            "|00042|+042|-ff|-FF",
        ),
        (
            "{{printf `%c|%c|%U|%q` -1 128512 -1 -1}}",
            "�|😀|U+FFFFFFFFFFFFFFFF|'�'",
        ),
    ]);
}

#[test]
fn texts_have_their_verbs() {
    check(&[
        (
            "{{printf `%5s|%-5s|%05s|%.2s|%10.1s` `é` `é` `é` `abc` `abc`}}",
            "    é|é    |0000é|ab|         a",
        ),
        (
            "{{printf `%q|%+q|%#q|%x|%X` `é` `é` `é` `é` `hi`}}",
            r#""é"|"\u00e9"|`é`|c3a9|6869"#,
        ),
        (
            "{{printf `% x|%#x|%# x` `hi` `hi` `hi`}}",
            "68 69|0x6869|0x68 0x69",
        ),
        (
            r#"{{printf "%s-%03d-%q-%x" `a` 7 `q` `hi`}}"#,
            r#"a-007-"q"-6869"#,
        ),
    ]);
}

#[test]
fn floats_have_their_verbs() {
    check(&[
        (
            "{{printf `%f|%.2f|%8.3f|%-8.1f|%08.2f|%+f` 1.5 1.555 3.14159 2.5 3.14159 1.0}}",
            "1.500000|1.55|   3.142|2.5     |00003.14|+1.000000",
        ),
        (
            "{{printf `%e|%E|%.2e|%g|%G|%.3g|%.10g` 12345.678 12345.678 0.0 1e21 1e-7 1234567.0 1234567.0}}",
            "1.234568e+04|1.234568E+04|0.00e+00|1e+21|1E-07|1.23e+06|1234567",
        ),
        (
            "{{printf `%g %g %g %v %v` 100000.0 1000000.0 123456789.0 1e20 1e21}}",
            "100000 1e+06 1.23456789e+08 1e+20 1e+21",
        ),
        (
            "{{printf `%b|%x|%X|%.2x` 1.5 1.5 1.5 1.5}}",
            "6755399441055744p-52|0x1.8p+00|0X1.8P+00|0x1.80p+00",
        ),
        (
            "{{printf `%#g|%#f|%#.0f|%#e|%#.3g` 1.5 1.5 1.5 1.5 1.0}}",
            "1.50000|1.500000|2.|1.500000e+00|1.00",
        ),
        (
            "{{printf `%08.2f|%+08.2f|% f` -3.14159 3.14159 1.0}}",
            "-0003.14|+0003.14| 1.000000",
        ),
    ]);
}

#[test]
fn any_value_has_a_default_form_and_a_type() {
    check(&[
        (
            "{{printf `%v %v %v %v %v` nil list true 1.5 `s`}}",
            "<nil> [p q] true 1.5 s",
        ),
        (
            "{{printf `%T %T %T %T %T %T` nil list true 1.5 1 `s`}}",
            "<nil> []string bool float64 int string",
        ),
        (
            "{{printf `%#v %#v %#v %#v %#v` list `a` 1 1.5 true}}",
            r#"[]string{"p", "q"} "a" 1 1.5 true"#,
        ),
        (
            "{{printf `%t|%5t|%6v` true false true}}",
            "true|false|  true",
        ),
        ("{{printf `%v` .x}}", "<nil>"),
        (
            "{{printf `%q %x %10v` list list list}}",
            r#"["p" "q"] [70 71] [         p          q]"#,
        ),
    ]);
    check_with(&[(
        "{{printf `%#v %+v %s` . . .}}",
        r#"{"a":1,"b":null}"#,
        r#"map[string]interface {}{"a":1, "b":interface {}(nil)} map[a:1 b:<nil>] map[a:%!s(int=1) b:<nil>]"#,
    )]);
}

#[test]
fn width_precision_and_value_can_be_named() {
    check(&[
        (
            "{{printf `%*d|%-*d|%.*f|%*d` 5 1 5 1 2 3.14159 -4 7}}",
            "    1|1    |3.14|7   ",
        ),
        (
            "{{printf `%[2]d %[1]d` 1 2}} {{printf `%[2]*[1]d` 1 5}} {{printf `%[1]d %d` 1 2}}",
            "2 1     1 1 2",
        ),
    ]);
}

#[test]
fn mistakes_show_in_the_output() {
    check(&[
        (
            "{{printf `%d` `x`}} {{printf `%s` 1}} {{printf `%z` 1}} {{printf `%!` 1}} {{printf `%`}}",
            "%!d(string=x) %!s(int=1) %!z(int=1) %!!(int=1) %!(NOVERB)",
        ),
        ("{{printf `%d %s` 1}}", "1 %!s(MISSING)"),
        (
            "{{printf `%d` 1 2 `x` nil}}",
            "1%!(EXTRA int=2, string=x, <nil>)",
        ),
        ("{{printf `%s|%d` nil nil}}", "%!s(<nil>)|%!d(<nil>)"),
        (
            "{{printf `%d %d` list 1.5}}",
            "[%!d(string=p) %!d(string=q)] %!d(float64=1.5)",
        ),
        (
            "{{printf `%[3]d` 1 2}} {{printf `%[x]d` 1}} {{printf `%[1` 1}} {{printf `%[1]` 1}}",
            "%!d(BADINDEX) %!d(BADINDEX) %!(NOVERB) %!(NOVERB)",
        ),
        (
            "{{printf `%*d` `a` 1}} {{printf `%.*f` -1 1.0}}",
            "%!(BADWIDTH)1 %!(BADPREC)1.000000",
        ),
        (
            "{{printf `%p %w %é` 1 2 3}}",
            "%!p(int=1) %!w(int=2) %!é(int=3)",
        ),
    ]);
}

#[test]
fn a_percent_sign_is_doubled() {
    check(&[(
        r#"{{printf "%d%%" 5}} {{printf `%6.2f%%` 99.5}} {{printf `100%%`}}"#,
        "5%  99.50% 100%",
    )]);
}

#[test]
fn the_format_is_a_text() {
    check_errors(&[
        (
            "{{printf}}",
            r#"1:2: executing "root" at <printf>: wrong number of args for printf: want at least 1 got 0"#,
        ),
        (
            "{{printf 1}}",
            r#"1:9: executing "root" at <1>: expected string; found 1"#,
        ),
        (
            "{{printf .x}}",
            r#"1:9: executing "root" at <.x>: invalid value; expected string"#,
        ),
    ]);
    check(&[("{{printf (user `n`)}}", "007")]);
}
