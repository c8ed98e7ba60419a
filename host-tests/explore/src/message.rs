//! What a header says beside its text.

use crate::input::Input;
use httplib_proto::limits::Limits;
use httplib_proto::{date, encode, latin1, literal, message as proto};

/// A block of header lines, and everything that is read out of one.
pub fn message(data: &[u8]) {
    let mut input = Input::new(data);
    let limits = input.limits();
    let name = input.text();
    let raw = input.rest();
    assert_eq!(encode::latin1(&latin1::decode(raw)).unwrap(), raw);
    assert!(literal::excerpt(raw, literal::text).len() < 2000);
    literal::bytes(raw);
    date::parse(raw);
    let Ok(headers) = proto::parse(raw, &limits) else {
        return;
    };
    assert!(headers.len() <= limits.headers);
    proto::content_type(&headers);
    proto::filename(&headers);
    for (field, _) in headers.iter() {
        let parameters = proto::parameters(&headers, field).unwrap();
        assert!(!parameters.is_empty());
        proto::parameter(&headers, field, &name);
        proto::date(&headers, field);
        assert!(headers.get_all(field).next().is_some());
        assert!(headers.joined(field).is_some());
    }
    // Its own text is the message again.
    let text = proto::to_text(&headers);
    let wide = Limits {
        line: usize::MAX,
        ..Limits::default()
    };
    let again = proto::parse(&encode::latin1(&text).unwrap(), &wide).unwrap();
    assert_eq!(proto::to_text(&again), text);
}
