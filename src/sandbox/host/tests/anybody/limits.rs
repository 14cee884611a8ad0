//! A sandbox uses no more than it may.

use super::*;

async fn limited(change: impl FnOnce(&mut Limits)) -> Option<(HostSandbox, HostRemote)> {
    let mut order = order();
    change(&mut order.limits);
    let sandbox = open(&order).await?;
    let remote = sandbox.connect().await.unwrap();
    Some((sandbox, remote))
}

#[tokio::test]
async fn a_sandbox_that_takes_too_much_memory_is_ended_and_says_so() {
    let Some((sandbox, mut remote)) = limited(|limits| limits.memory = 64 << 20).await else {
        return;
    };
    let (_, exit) = run(
        &mut remote,
        "head -c 200000000 /dev/zero | tail -c 200000000 | sleep 20",
    )
    .await;
    let text = exit.unwrap_err().to_string();
    assert!(text.contains("more than its 64 MiB of memory"), "{text}");
    sandbox.close().await;
}

#[tokio::test]
async fn memory_that_is_no_processs_own_counts_too() {
    let script = "python3 -c 'import mmap,time\nm = mmap.mmap(-1, 200 << 20)\nfor at in range(0, 200 << 20, 4096): m[at] = 1\ntime.sleep(20)'";
    let Some((sandbox, mut remote)) = limited(|limits| limits.memory = 64 << 20).await else {
        return;
    };
    let (text, exit) = run(&mut remote, script).await;
    let error = exit.expect_err(&text).to_string();
    assert!(error.contains("more than its 64 MiB of memory"), "{error}");
    sandbox.close().await;
}

#[tokio::test]
async fn memory_that_many_share_counts_once() {
    let script = "python3 -c 'import mmap,os,time\nm = mmap.mmap(-1, 40 << 20)\nfor at in range(0, 40 << 20, 4096): m[at] = 1\n\
        for _ in range(4):\n  if os.fork() == 0: break\nsum(m[at] for at in range(0, 40 << 20, 4096))\ntime.sleep(1)'";
    let Some((sandbox, mut remote)) = limited(|limits| limits.memory = 150 << 20).await else {
        return;
    };
    let (text, exit) = run(&mut remote, script).await;
    assert_eq!(exit.unwrap(), Exit::Status(0), "{text}");
    sandbox.close().await;
}

#[tokio::test]
async fn files_are_written_to_memory_and_no_further() {
    let Some((sandbox, mut remote)) = limited(|limits| limits.memory = 64 << 20).await else {
        return;
    };
    for place in ["/tmp", "/dev/shm", "/var/tmp", "/home/ubuntu"] {
        let command = format!("head -c 200000000 /dev/zero > {place}/large; rm -f {place}/large");
        let (text, exit) = run(&mut remote, &command).await;
        match exit {
            Ok(_) => assert!(text.contains("No space left"), "{place}: {text}"),
            Err(error) => {
                assert!(error.to_string().contains("64 MiB"), "{place}: {error}");
                break;
            }
        }
    }
    sandbox.close().await;
}

#[tokio::test]
async fn a_sandbox_whose_time_is_over_is_ended_and_says_so() {
    let Some((sandbox, mut remote)) = limited(|limits| limits.time = Duration::from_secs(1)).await
    else {
        return;
    };
    let (_, exit) = run(&mut remote, "sleep 100").await;
    assert_eq!(
        exit.unwrap_err().to_string(),
        "the sandbox ended: its time of 1 s is over"
    );
    sandbox.close().await;
}

#[tokio::test]
async fn processes_that_multiply_do_not_get_far() {
    let Some((sandbox, mut remote)) = limited(|limits| limits.processes = 60).await else {
        return;
    };
    let mark = mark();
    let bomb = format!("i=0; while [ $i -lt 300 ]; do sleep {mark} & i=$((i+1)); done; wait");
    let running = run(&mut remote, &bomb);
    let watching = async {
        let mut most = 0;
        for _ in 0..30 {
            most = most.max(processes(&format!("sleep\0{mark}")));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        most
    };
    let most = tokio::select! {
        _ = running => 0,
        most = watching => most,
    };
    assert!(most <= 61, "{most}");
    sandbox.close().await;
    assert!(gone(&mark).await);
}
