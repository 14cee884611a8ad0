use aws_sdk_ec2::error::ConnectorError;
use aws_sdk_ec2::operation::run_instances::RunInstancesError;

use super::*;

const ONE_SENT: Attempts = Attempts {
    made: 1,
    unconnected: 0,
};
const NONE_SENT: Attempts = Attempts {
    made: 0,
    unconnected: 0,
};

fn region() -> Region {
    Region::new("eu-west-1")
}

fn response(status: u16) -> HttpResponse {
    HttpResponse::new(status.try_into().unwrap(), "".into())
}

fn service_error(code: &str, status: u16) -> SdkError<RunInstancesError, HttpResponse> {
    let metadata = aws_sdk_ec2::error::ErrorMetadata::builder()
        .code(code)
        .message("in EC2's words")
        .build();
    SdkError::service_error(RunInstancesError::generic(metadata), response(status))
}

fn dispatch(
    source: impl Error + Send + Sync + 'static,
) -> SdkError<RunInstancesError, HttpResponse> {
    SdkError::dispatch_failure(ConnectorError::other(Box::new(source), None))
}

#[test]
fn every_code_of_the_table_has_its_meaning() {
    let table = [
        ("InvalidInstanceID.NotFound", Refusal::NotFound),
        ("InvalidAMIID.NotFound", Refusal::NotFound),
        ("InvalidAMIID.Unavailable", Refusal::NotFound),
        ("InvalidSnapshot.NotFound", Refusal::NotFound),
        ("InvalidGroup.NotFound", Refusal::NotFound),
        ("NoSuchEntity", Refusal::NotFound),
        (
            "InvalidLaunchTemplateName.NotFoundException",
            Refusal::NotFound,
        ),
        (
            "InvalidLaunchTemplateName.AlreadyExistsException",
            Refusal::Duplicate,
        ),
        ("EntityAlreadyExists", Refusal::Duplicate),
        ("DeleteConflict", Refusal::InUse),
        ("ConcurrentModification", Refusal::WrongState),
        ("DependencyViolation", Refusal::InUse),
        ("InvalidSnapshot.InUse", Refusal::InUse),
        ("VolumeInUse", Refusal::InUse),
        ("InvalidGroup.InUse", Refusal::InUse),
        ("InvalidAMIName.Duplicate", Refusal::Duplicate),
        ("InvalidKeyPair.Duplicate", Refusal::Duplicate),
        ("InvalidGroup.Duplicate", Refusal::Duplicate),
        ("InvalidPermission.Duplicate", Refusal::Duplicate),
        ("RequestLimitExceeded", Refusal::Throttled),
        ("Throttling", Refusal::Throttled),
        ("UnauthorizedOperation", Refusal::Denied),
        ("AccessDenied", Refusal::Denied),
        ("InsufficientInstanceCapacity", Refusal::Capacity),
        ("AuthFailure", Refusal::Credentials),
        ("ExpiredToken", Refusal::Credentials),
        ("RequestExpired", Refusal::Credentials),
        ("InvalidClientTokenId", Refusal::Credentials),
        ("DryRunOperation", Refusal::WouldSucceed),
        ("IncorrectState", Refusal::WrongState),
        ("IncorrectInstanceState", Refusal::WrongState),
        ("InternalError", Refusal::Server),
        ("InvalidParameterValue", Refusal::Other),
    ];
    for (code, meaning) in table {
        assert_eq!(refusal(code, 400), meaning, "{code}");
    }
}

#[test]
fn an_unknown_code_with_a_server_status_is_the_servers_fault() {
    assert_eq!(refusal("Brand.New", 500), Refusal::Server);
    assert_eq!(refusal("Brand.New", 400), Refusal::Other);
}

#[test]
fn a_throttled_call_answered_with_503_is_throttled_and_not_the_servers_fault() {
    assert_eq!(refusal("RequestLimitExceeded", 503), Refusal::Throttled);
}

#[test]
fn a_refusal_keeps_code_and_words() {
    let error = error(
        "RunInstances",
        &region(),
        ONE_SENT,
        service_error("InsufficientInstanceCapacity", 500),
    );
    assert_eq!(error.code(), Some("InsufficientInstanceCapacity"));
    assert!(error.is(Refusal::Capacity));
    assert!(error.to_string().contains("in EC2's words"), "{error}");
    assert!(!error.effect_is_unknown());
}

#[test]
fn a_lost_connection_leaves_the_effect_unknown() {
    let error = error(
        "RunInstances",
        &region(),
        ONE_SENT,
        dispatch(std::io::Error::other("reset")),
    );
    assert!(matches!(error, CloudError::NoAnswer { .. }), "{error:?}");
    assert!(error.effect_is_unknown());
}

#[test]
fn a_timeout_leaves_the_effect_unknown() {
    let timeout: SdkError<RunInstancesError, HttpResponse> = SdkError::timeout_error("too slow");
    assert!(matches!(
        error("RunInstances", &region(), ONE_SENT, timeout),
        CloudError::NoAnswer { .. }
    ));
}

#[test]
fn missing_credentials_before_the_first_attempt_mean_that_nothing_was_sent() {
    let failure = dispatch(CredentialsError::not_loaded("nowhere"));
    let error = error("RunInstances", &region(), NONE_SENT, failure);
    assert!(matches!(error, CloudError::NotSent { .. }), "{error:?}");
    assert!(error.hint().unwrap().contains("HttpPutResponseHopLimit"));
}

#[test]
fn credentials_that_end_between_two_attempts_leave_the_effect_unknown() {
    let failure = dispatch(CredentialsError::not_loaded("expired"));
    assert!(error("RunInstances", &region(), ONE_SENT, failure).effect_is_unknown());
}

#[test]
fn attempts_that_all_found_no_connection_sent_nothing() {
    let refused = || dispatch(std::io::Error::other("refused"));
    let all = Attempts {
        made: 3,
        unconnected: 3,
    };
    assert!(!error("RunInstances", &region(), all, refused()).effect_is_unknown());
    let some = Attempts {
        made: 3,
        unconnected: 2,
    };
    assert!(error("RunInstances", &region(), some, refused()).effect_is_unknown());
}

#[test]
fn a_success_that_cannot_be_read_may_have_made_something() {
    let metadata = aws_sdk_ec2::error::ErrorMetadata::builder().build();
    let unreadable = SdkError::service_error(RunInstancesError::generic(metadata), response(200));
    let error = error("RunInstances", &region(), ONE_SENT, unreadable);
    assert!(error.effect_is_unknown(), "{error}");
    assert!(crate::error::chain(&error).contains("HTTP 200"));
}

#[test]
fn a_refusal_without_words_shows_no_empty_places() {
    let metadata = aws_sdk_ec2::error::ErrorMetadata::builder().build();
    let bare = SdkError::service_error(RunInstancesError::generic(metadata), response(407));
    assert_eq!(
        error("RunInstances", &region(), ONE_SENT, bare).to_string(),
        "EC2 refused `RunInstances` in `eu-west-1` with `HTTP 407`"
    );
}
