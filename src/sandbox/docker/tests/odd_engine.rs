//! An engine over a Unix socket that answers as no engine should.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;

use super::*;

const VERSION: &str = r#"{"ApiVersion":"1.41","Version":"20.10"}"#;

/// What becomes of a request whose line has the word.
#[derive(Clone, Copy)]
enum Answer {
    Says(u16, &'static str),
    HangsUp,
    Waits,
}

/// Serves; requests that no line names get a 404.
fn engine(answers: &'static [(&'static str, Answer)]) -> (tempfile::TempDir, DockerTerms) {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("engine.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = vec![0; 64 * 1024];
                let count = stream.read(&mut request).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..count]).into_owned();
                let line = request.lines().next().unwrap_or_default().to_owned();
                let found = answers.iter().find(|(word, _)| line.contains(word));
                let answer = found
                    .map_or(Answer::Says(404, r#"{"message":"no such thing"}"#), |it| {
                        it.1
                    });
                let (status, body) = match answer {
                    Answer::Says(status, body) => (status, body),
                    Answer::HangsUp => return,
                    Answer::Waits => std::future::pending().await,
                };
                let text = format!(
                    "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                let _gone = stream.write_all(text.as_bytes()).await;
            });
        }
    });
    let terms = DockerTerms::new(Some("base:1".into()), hints(&socket));
    (directory, terms)
}

async fn refused(answers: &'static [(&'static str, Answer)]) -> String {
    let (_directory, terms) = engine(answers);
    let opened = DockerSandbox::open(&order(), &terms, &|_| {}, &Stop::never()).await;
    let error = opened.err().expect("there is no engine");
    let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
    format!("{error}{}", source.unwrap_or_default())
}

#[tokio::test]
async fn an_engine_that_fails_is_quoted() {
    let words = refused(&[("/version", Answer::Says(500, r#"{"message":"disk full"}"#))]).await;
    assert!(
        words.contains("the engine answered 500: disk full"),
        "{words}"
    );
}

#[tokio::test]
async fn an_engine_that_hangs_up_is_one_error() {
    let words = refused(&[("/version", Answer::HangsUp)]).await;
    assert!(
        words.starts_with("the docker sandbox cannot be used here: the engine at "),
        "{words}"
    );
    assert!(words.contains("hung up"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_does_not_answer_is_given_up() {
    let words = refused(&[("/version", Answer::Waits)]).await;
    assert!(words.ends_with("did not answer within 3 s"), "{words}");
}

#[tokio::test]
async fn something_else_at_the_socket_is_no_engine() {
    let words = refused(&[("/version", Answer::Says(200, "<html>"))]).await;
    assert!(words.contains("is no engine"), "{words}");
}

#[tokio::test]
async fn nobody_at_the_socket_is_an_engine_that_is_not_running() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("engine.sock");
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    let terms = DockerTerms::new(Some("base:1".into()), hints(&socket));
    let error = DockerSandbox::open(&order(), &terms, &|_| {}, &Stop::never())
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(error.ends_with("the engine is not running"), "{error}");
}

#[tokio::test]
async fn a_pull_that_the_registry_refuses_is_one_error_with_its_words() {
    let words = refused(&[
        ("/version", Answer::Says(200, VERSION)),
        ("/images/create", Answer::Says(200, "{\"status\":\"Pulling\"}\n{\"errorDetail\":{\"message\":\"denied\"},\"error\":\"denied\"}\n")),
        ("/containers/json", Answer::Says(200, "[]")),
    ])
    .await;
    assert!(
        words.contains(
            "the image `base:1` is not here and could not be pulled (the engine failed: denied)"
        ),
        "{words}"
    );
}

#[tokio::test]
async fn a_container_that_cannot_be_created_is_one_error_with_the_engines_words() {
    let words = refused(&[
        ("/version", Answer::Says(200, VERSION)),
        (
            "/images/base:1/json",
            Answer::Says(200, r#"{"Id":"sha256:1"}"#),
        ),
        ("/containers/json", Answer::Says(200, "[]")),
        (
            "/containers/create",
            Answer::Says(500, r#"{"message":"no space left on device"}"#),
        ),
    ])
    .await;
    let expected = "the sandbox could not create the container of its network: the engine answered 500: no space left on device";
    assert_eq!(words, expected);
}

#[tokio::test]
async fn a_stop_is_heard_while_the_engine_is_silent() {
    let (_directory, terms) = engine(&[
        ("/version", Answer::Says(200, VERSION)),
        ("/containers/json", Answer::Waits),
    ]);
    let (handle, stop) = crate::stop::StopHandle::new();
    let order = order();
    let opening = DockerSandbox::open(&order, &terms, &|_| {}, &stop);
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        handle.request(crate::stop::StopReason::Interrupt);
    };
    let both = async { tokio::join!(opening, stopping).0 };
    let opened = tokio::time::timeout(Duration::from_secs(5), both).await;
    let error = opened.expect("it waits for the engine").err().unwrap();
    assert_eq!(error.to_string(), "stopped while the sandbox was made");
}

#[tokio::test]
async fn what_is_no_name_of_an_image_is_told_as_that() {
    let words = refused(&[
        ("/version", Answer::Says(200, VERSION)),
        ("/containers/json", Answer::Says(200, "[]")),
        (
            "/images/base:1/json",
            Answer::Says(400, r#"{"message":"invalid reference format"}"#),
        ),
    ])
    .await;
    assert!(
        words.contains("`base:1` is no name of an image (invalid reference format)"),
        "{words}"
    );
}

#[tokio::test]
async fn without_a_hint_nothing_is_chosen_and_the_engine_is_not_asked() {
    let terms = DockerTerms::new(None, EngineHints::default());
    let error = DockerSandbox::open(&order(), &terms, &|_| {}, &Stop::never())
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("nothing says which image is like the source AMI"),
        "{error}"
    );
    assert!(
        error.ends_with("name one with `-sandbox=docker:IMAGE`"),
        "{error}"
    );
}
