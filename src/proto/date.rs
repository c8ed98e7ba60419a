//! Dates as headers have them: the three forms of RFC 9110, section 5.6.7, and
//! e-mail's with a zone (RFC 5322, sections 3.3 and 4.3).

/// Seconds since 1970-01-01T00:00:00Z. No zone, and one that is not known, counts
/// as GMT. `None` for what is no date, or has a number that none can have.
pub fn parse(text: &[u8]) -> Option<i64> {
    let (mut day, mut month, mut year, mut time, mut zone) = (None, None, None, None, 0);
    let words = text.split(|&byte| byte.is_ascii_whitespace() || byte == b',');
    for word in words.flat_map(divide).filter(|word| !word.is_empty()) {
        if word.contains(&b':') {
            time = Some(time_of_day(word)?);
        } else if let Some(number) = month_of(word) {
            month = Some(number);
        } else if let [b'+' | b'-', digits @ ..] = word {
            let offset = offset_of(digits)?;
            zone = if word[0] == b'-' { -offset } else { offset };
        } else if let Some(named) = zone_of(word) {
            zone = named;
        } else if day.is_none() && word.len() <= 2 {
            day = number(word);
        } else if year.is_none() {
            year = year_of(word);
        }
    }
    let (day, month, year) = (day?, month?, year?);
    if !(1..=31).contains(&day) || !(0..=9999).contains(&year) {
        return None;
    }
    Some(days(year, month, day) * 86_400 + time.unwrap_or(0) - zone)
}

/// `06-Nov-94` is three words, `08:49:37-0500` two, and `-0500` is one.
fn divide(word: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_sign = |byte: &u8| matches!(byte, b'+' | b'-');
    let is_time = word.contains(&b':');
    let (first, zone) = match word.iter().position(is_sign) {
        Some(sign) if is_time || sign == 0 => word.split_at(sign),
        _ => (word, &[][..]),
    };
    first.split(|&byte| byte == b'-').chain([zone])
}

/// 1*DIGIT, few enough for any number of a date.
fn number(word: &[u8]) -> Option<i64> {
    if word.is_empty() || word.len() > 9 {
        return None;
    }
    word.iter().try_fold(0, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        Some(number * 10 + digit)
    })
}

fn month_of(word: &[u8]) -> Option<i64> {
    const MONTHS: [&[u8]; 12] = [
        b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov",
        b"dec",
    ];
    let start = word.get(..3)?;
    let index = MONTHS
        .iter()
        .position(|month| start.eq_ignore_ascii_case(month))?;
    i64::try_from(index + 1).ok()
}

/// Years of two digits are those from 1969 to 2068.
fn year_of(word: &[u8]) -> Option<i64> {
    let year = number(word)?;
    Some(match year {
        0..=68 if word.len() == 2 => year + 2000,
        69..=99 if word.len() == 2 => year + 1900,
        _ => year,
    })
}

fn time_of_day(word: &[u8]) -> Option<i64> {
    let mut parts = word.split(|&byte| byte == b':').map(number);
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    let legal = (0..24).contains(&hours)
        && (0..60).contains(&minutes)
        && (0..=60).contains(&seconds)
        && parts.next().is_none();
    legal.then_some(hours * 3600 + minutes * 60 + seconds)
}

/// Up to four digits, the last two of them minutes.
fn offset_of(digits: &[u8]) -> Option<i64> {
    let number = number(digits)?;
    let (hours, minutes) = (number / 100, number % 100);
    (digits.len() <= 4 && minutes < 60).then_some(hours * 3600 + minutes * 60)
}

/// The zones that RFC 822 has names for.
fn zone_of(word: &[u8]) -> Option<i64> {
    const ZONES: [(&[u8], i64); 8] = [
        (b"EDT", -4),
        (b"EST", -5),
        (b"CDT", -5),
        (b"CST", -6),
        (b"MDT", -6),
        (b"MST", -7),
        (b"PDT", -7),
        (b"PST", -8),
    ];
    let zone = ZONES
        .iter()
        .find(|zone| word.eq_ignore_ascii_case(zone.0))?;
    Some(zone.1 * 3600)
}

/// Days since 1970-01-01 in the Gregorian calendar, whose years are counted from
/// March here, so that the leap day is the last one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
        - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_date_is_read() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 6 Nov 1994 03:49:37 -0500",
            "Sun, 6 Nov 1994 03:49:37-0500",
            "Sun, 6 Nov 1994 10:19:37+0130",
            "Sun, 6 Nov 1994 03:49:37 EST",
            "Sun, 6 Nov\r\n 1994 08:49:37",
        ] {
            assert_eq!(parse(text.as_bytes()), Some(784_111_777), "{text}");
        }
        assert_eq!(parse(b"Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        let leap_day = parse(b"Thu, 29 Feb 2024 12:00:00 +0000");
        assert_eq!(leap_day, Some(1_709_208_000));
    }

    #[test]
    fn what_is_no_date_gives_none() {
        for text in [
            "", "never", "99 Nov", "0", "+", "-", ":", "1 Jan", "Jan 1970",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn number_that_no_date_can_have_gives_none() {
        for text in [
            "32 Nov 1994",
            "00 Nov 1994",
            "1 Nov 10000",
            "1 Nov 99999999999999999999",
            "1 Nov 1994 24:00:00",
            "1 Nov 1994 08:60:00",
            "1 Nov 1994 08:49:61",
            "1 Nov 1994 08:+9:37",
            "1 Nov 1994 08:49:37:00",
            "1 Nov 1994 9223372036854775807:00:00",
            "1 Nov 1994 08:49:37 +9223372036854775807",
            "1 Nov 1994 08:49:37 -9223372036854775808",
            "1 Nov 1994 08:49:37 +00000",
            "1 Nov 1994 08:49:37 +0060",
            "1 Nov 1994 08:49:37 +",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn words_beyond_ascii_and_cut_anywhere_are_no_trap() {
        let date = "S\u{e9}n, 06 Nov 1994 08:49:37 +0100 \u{20ac}".as_bytes();
        assert_eq!(parse(date), Some(784_108_177));
        for start in 0..date.len() {
            for end in start..date.len() {
                parse(&date[start..end]);
            }
        }
        for byte in 0x80..=0xFF {
            assert_eq!(parse(&[byte]), None);
            assert_eq!(parse(&[byte, byte, byte]), None);
        }
    }
}
