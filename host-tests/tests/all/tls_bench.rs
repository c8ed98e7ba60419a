//! The benchmark of TLS works. What its figures are is nobody's promise.

use std::process::Command;

const TRANSFERS: [(&str, &str, &str); 12] = [
    ("CHACHA20_POLY1305", "1.3", "download"),
    ("CHACHA20_POLY1305", "1.3", "upload"),
    ("CHACHA20_POLY1305", "1.2", "download"),
    ("CHACHA20_POLY1305", "1.2", "upload"),
    ("AES_128_GCM", "1.3", "download"),
    ("AES_128_GCM", "1.3", "upload"),
    ("AES_128_GCM", "1.2", "download"),
    ("AES_128_GCM", "1.2", "upload"),
    ("AES_256_GCM", "1.3", "download"),
    ("AES_256_GCM", "1.3", "upload"),
    ("AES_256_GCM", "1.2", "download"),
    ("AES_256_GCM", "1.2", "upload"),
];

const HYBRID: &str = "X25519MLKEM768, native X25519";
const AFTER_RETRY: &str = "full, after HelloRetryRequest";

const HANDSHAKES: [(&str, &str, &str, &str); 12] = [
    ("full", "1.3", HYBRID, "P-256"),
    ("full", "1.3", "X25519", "P-256"),
    (AFTER_RETRY, "1.3", "secp256r1", "P-256"),
    (AFTER_RETRY, "1.3", "secp384r1", "P-256"),
    ("full", "1.3", HYBRID, "RSA-2048"),
    ("full", "1.2", "X25519", "P-256"),
    ("full", "1.2", "secp256r1", "P-256"),
    ("full", "1.2", "secp384r1", "P-256"),
    ("full", "1.2", "X25519", "RSA-2048"),
    ("resumed", "1.3", HYBRID, "P-256"),
    ("resumed", "1.3", "X25519", "P-256"),
    ("resumed", "1.2", "-", "P-256"),
];

#[test]
fn quick_bench_prints_every_row() {
    let output = Command::new(env!("CARGO_BIN_EXE_tls-bench"))
        .arg("--quick")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let begins_once = |beginning: String| {
        let rows: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with(&beginning))
            .collect();
        assert_eq!(rows.len(), 1, "{beginning} in {text}");
        // Every cell after the names is a figure.
        for cell in rows[0][beginning.len()..]
            .trim_end_matches(" |")
            .split(" | ")
        {
            let figure = cell.split(' ').next().unwrap();
            assert!(figure.parse().is_ok_and(f64::is_finite), "{}", rows[0]);
        }
    };
    for (cipher, version, direction) in TRANSFERS {
        begins_once(format!("| {cipher} | {version} | {direction} | "));
    }
    for (kind, version, group, keys) in HANDSHAKES {
        begins_once(format!("| {kind} | {version} | {group} | {keys} | "));
    }
    for alone in [
        "CHACHA20_POLY1305, sealing and opening",
        "AES_128_GCM, sealing and opening",
        "AES_256_GCM, sealing and opening",
        "socket, receiving",
        "socket, sending",
    ] {
        begins_once(format!("| {alone} | "));
    }
}
