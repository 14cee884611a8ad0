#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| ami_build_fuzz::templates::read(text));
