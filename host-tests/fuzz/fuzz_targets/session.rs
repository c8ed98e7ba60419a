#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| httplib_explore::session(data));
