//! The `status` interface.

use super::Component;
use super::bindings::exports::httplib::http::status::Guest;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use httplib_proto::status;

/// One function for each code.
macro_rules! status {
    ($($name:ident = $code:literal)*) => {
        impl Guest for Component {
            fn http_port() -> u16 {
                status::HTTP_PORT
            }

            fn https_port() -> u16 {
                status::HTTPS_PORT
            }

            fn phrase(code: u16) -> Option<String> {
                status::phrase(code).map(ToString::to_string)
            }

            fn responses() -> Vec<(u16, String)> {
                let row = |(code, phrase): (u16, &str)| (code, phrase.to_string());
                status::RESPONSES.into_iter().map(row).collect()
            }

            fn is_informational(code: u16) -> bool {
                (100..200).contains(&code)
            }

            fn is_success(code: u16) -> bool {
                (200..300).contains(&code)
            }

            fn is_redirection(code: u16) -> bool {
                (300..400).contains(&code)
            }

            fn is_client_error(code: u16) -> bool {
                (400..500).contains(&code)
            }

            fn is_server_error(code: u16) -> bool {
                (500..600).contains(&code)
            }

            $(fn $name() -> u16 {
                $code
            })*
        }
    };
}

status! {
    http_continue = 100
    switching_protocols = 101
    processing = 102
    early_hints = 103
    ok = 200
    created = 201
    accepted = 202
    non_authoritative_information = 203
    no_content = 204
    reset_content = 205
    partial_content = 206
    multi_status = 207
    already_reported = 208
    im_used = 226
    multiple_choices = 300
    moved_permanently = 301
    found = 302
    see_other = 303
    not_modified = 304
    use_proxy = 305
    temporary_redirect = 307
    permanent_redirect = 308
    bad_request = 400
    unauthorized = 401
    payment_required = 402
    forbidden = 403
    not_found = 404
    method_not_allowed = 405
    not_acceptable = 406
    proxy_authentication_required = 407
    request_timeout = 408
    conflict = 409
    gone = 410
    length_required = 411
    precondition_failed = 412
    content_too_large = 413
    request_entity_too_large = 413
    uri_too_long = 414
    request_uri_too_long = 414
    unsupported_media_type = 415
    range_not_satisfiable = 416
    requested_range_not_satisfiable = 416
    expectation_failed = 417
    im_a_teapot = 418
    misdirected_request = 421
    unprocessable_content = 422
    unprocessable_entity = 422
    locked = 423
    failed_dependency = 424
    too_early = 425
    upgrade_required = 426
    precondition_required = 428
    too_many_requests = 429
    request_header_fields_too_large = 431
    unavailable_for_legal_reasons = 451
    internal_server_error = 500
    not_implemented = 501
    bad_gateway = 502
    service_unavailable = 503
    gateway_timeout = 504
    http_version_not_supported = 505
    variant_also_negotiates = 506
    insufficient_storage = 507
    loop_detected = 508
    not_extended = 510
    network_authentication_required = 511
}
