//! `goss`. The expected requests are the plugin's command lines, but for the report and the order.

use super::transcript::{bench_with, transcript, uploaded};

#[tokio::test]
async fn goss_is_downloaded_fed_and_run_and_what_it_read_is_fetched() {
    let mut bench = bench_with(&["goss.yaml", "more/"]);
    bench
        .run_one("goss", r#"{"tests": ["goss.yaml", "more/"]}"#)
        .await
        .unwrap();
    let requests = "\
mkdir -p '/tmp/goss'
curl -sL   -o /tmp/goss-0.4.7-linux-amd64 https://github.com/goss-org/goss/releases/download/v0.4.7/goss-linux-amd64 || wget -q   -O /tmp/goss-0.4.7-linux-amd64 https://github.com/goss-org/goss/releases/download/v0.4.7/goss-linux-amd64
chmod 555 /tmp/goss-0.4.7-linux-amd64 && /tmp/goss-0.4.7-linux-amd64 --version
<upload /tmp/goss/goss.yaml>
mkdir -p '/tmp/goss/more'
<contents /tmp/goss/more>
cd /tmp/goss &&  /tmp/goss-0.4.7-linux-amd64    render > /tmp/goss-spec.yaml
cd /tmp/goss &&  /tmp/goss-0.4.7-linux-amd64    render -d > /tmp/debug-goss-spec.yaml
cd /tmp/goss &&   /tmp/goss-0.4.7-linux-amd64    validate --retry-timeout 0s --sleep 1s   \n<download /tmp/goss-spec.yaml>
<download /tmp/debug-goss-spec.yaml>";
    assert_eq!(transcript(&bench), requests);
    assert_eq!(bench.file("goss-spec.yaml").as_deref(), Some("fetched"));
}

#[tokio::test]
async fn every_key_becomes_an_argument() {
    let mut bench = bench_with(&["goss.yaml", "vars.yaml"]);
    let json = r#"{"tests": ["goss.yaml"], "url": "https://example.com/v1.2/goss-linux-arm64", "username": "u", "password": "p",
        "skip_ssl": true, "goss_file": "goss.yaml", "vars_file": "vars.yaml", "vars_inline": {"b": "<2>", "a": "1"},
        "vars_env": {"Z": "z", "A": "a"}, "retry_timeout": "30s", "sleep": "2s", "use_sudo": true, "format": "junit",
        "format_options": "pretty", "remote_folder": "/opt", "skip_download": true}"#;
    bench.run_one("goss", json).await.unwrap();
    let vars = r#"--gossfile goss.yaml --vars /opt/goss/vars.yaml --vars-inline '{"a":"1","b":"\u003c2\u003e"}'"#;
    let requests = format!(
        "\
mkdir -p '/opt/goss'
curl -sL -k -u u:p -o /tmp/goss-1.2-linux-arm64 https://example.com/v1.2/goss-linux-arm64 || wget -q --no-check-certificate --user=u --password=p -O /tmp/goss-1.2-linux-arm64 https://example.com/v1.2/goss-linux-arm64
chmod 555 /tmp/goss-1.2-linux-arm64 && /tmp/goss-1.2-linux-arm64 --version
<upload /opt/goss/vars.yaml>
<upload /opt/goss/goss.yaml>
cd /opt/goss && A=\"a\" Z=\"z\"  /tmp/goss-1.2-linux-arm64 {vars} render > /tmp/goss-spec.yaml
cd /opt/goss && A=\"a\" Z=\"z\"  /tmp/goss-1.2-linux-arm64 {vars} render -d > /tmp/debug-goss-spec.yaml
cd /opt/goss && sudo A=\"a\" Z=\"z\"  /tmp/goss-1.2-linux-arm64 {vars} validate --retry-timeout 30s --sleep 2s -f junit -o pretty "
    );
    assert_eq!(transcript(&bench), requests);
}

#[tokio::test]
async fn a_binary_of_the_users_is_uploaded() {
    let mut bench = bench_with(&["goss.yaml", "bin/goss"]);
    let json = r#"{"tests": ["goss.yaml"], "local_binary": "bin/goss", "download_path": "/opt/goss-bin", "skip_download": true}"#;
    bench.run_one("goss", json).await.unwrap();
    assert_eq!(uploaded(&bench, "/opt/goss-bin"), "content of bin/goss");
    assert_eq!(
        bench.remote.commands()[1],
        "chmod 555 /opt/goss-bin && /opt/goss-bin --version\n"
    );
}

#[tokio::test]
async fn failing_tests_fail_the_build_once_their_report_is_here() {
    let mut bench = bench_with(&["goss.yaml"]);
    let json = |more: &str| {
        format!(
            r#"{{"tests": ["goss.yaml"], "skip_install": true, "output_file": "/tmp/report.xml", "skip_download": true{more}}}"#
        )
    };
    bench.remote.status("validate", 1);
    let error = bench.run_one("goss", &json("")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Error running Goss: goss non-zero exit status"
    );
    assert_eq!(bench.file("report.xml").as_deref(), Some("fetched"));
    assert!(
        bench
            .remote
            .commands()
            .last()
            .unwrap()
            .ends_with("> \"/tmp/report.xml\"; status=$?; cat \"/tmp/report.xml\"; exit $status\n")
    );
    bench.remote.status("validate", 1);
    bench
        .run_one("goss", &json(r#", "inspect": true"#))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_download_that_fails_is_not_overlooked() {
    let mut bench = bench_with(&["goss.yaml"]);
    bench.remote.status("curl", 8);
    let json = r#"{"tests": ["goss.yaml"]}"#;
    let error = bench.run_one("goss", json).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Error installing Goss: Unable to download Goss: non-zero exit status"
    );
}
