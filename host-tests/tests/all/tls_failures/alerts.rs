//! Fatal alerts of the server: each has its number and its name.

use super::conduct::saying;
use super::{Expected, HANDSHAKE, Row, check_all};

/// Every alert that RFC 8446 (section 6) and RFC 5246 (section 7.2) know and
/// that ends a handshake, and two that nobody knows.
const ALERTS: [(u8, &[&str]); 31] = [
    (10, &["unexpected_message"]),
    (20, &["bad_record_mac"]),
    (21, &["decryption_failed"]),
    (22, &["record_overflow"]),
    (30, &["sent alert 30"]),
    (40, &["handshake_failure", "no common parameters"]),
    (41, &["sent alert 41"]),
    (42, &["bad_certificate", "client certificate"]),
    (43, &["unsupported_certificate", "client certificate"]),
    (44, &["certificate_revoked", "client certificate"]),
    (45, &["certificate_expired", "client certificate"]),
    (46, &["certificate_unknown", "client certificate"]),
    (47, &["illegal_parameter"]),
    (48, &["unknown_ca", "client certificate"]),
    (49, &["access_denied"]),
    (50, &["decode_error"]),
    (51, &["decrypt_error"]),
    (60, &["sent alert 60"]),
    (
        70,
        &["protocol_version", "none of the offered TLS versions"],
    ),
    (71, &["insufficient_security"]),
    (80, &["internal_error"]),
    (86, &["inappropriate_fallback"]),
    (100, &["no_renegotiation"]),
    (109, &["missing_extension"]),
    (110, &["unsupported_extension"]),
    (111, &["sent alert 111"]),
    (112, &["unrecognized_name", "does not know the server name"]),
    (113, &["bad_certificate_status_response"]),
    (115, &["unknown_psk_identity"]),
    (116, &["certificate_required", "wants a client certificate"]),
    (120, &["no_application_protocol", "ALPN"]),
];

#[test]
fn fatal_alert_in_the_handshake_is_told_by_number_and_name() {
    let rows = ALERTS.map(|(number, text)| {
        let expected = Expected {
            alert_received: Some(number),
            text,
            ..HANDSHAKE
        };
        Row::new(
            format!("alert {number}"),
            saying(alert(2, number)),
            expected,
        )
    });
    check_all(rows.into());
}

#[test]
fn farewell_in_the_handshake_is_an_early_end() {
    let expected = Expected {
        text: &["closed the connection during the TLS handshake"],
        ..HANDSHAKE
    };
    let farewells = [("close_notify", 0), ("user_canceled", 90)];
    let rows = farewells.map(|(name, number)| {
        let alerts = [alert(1, number), alert(1, 0)].concat();
        Row::new(name, ending_with(alerts), expected)
    });
    check_all(rows.into());
}

/// The record of an alert that is not encrypted.
fn alert(level: u8, number: u8) -> Vec<u8> {
    vec![21, 3, 3, 0, 2, level, number]
}

/// Says it and ends the connection.
fn ending_with(bytes: Vec<u8>) -> super::Conduct {
    use std::io::{Read, Write};
    Box::new(move |socket| {
        let mut wire = crate::servers::Wire::new(socket, None)?;
        let _ = wire.read(&mut [0; 16 * 1024])?;
        wire.write_all(&bytes)?;
        wire.end();
        Ok(())
    })
}
