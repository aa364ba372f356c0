#![expect(clippy::unwrap_used, reason = "tests")]

use axum::Router;
use axum::body::{Body as Sent, Bytes};
use futures::StreamExt;
use tokio::sync::mpsc;

use super::*;
use crate::clients::kubernetes::test_support::{reader, serve};
use crate::domain::logs::StreamId;

/// A reader of a server that says so many lines, each as a piece of its own, and then ends.
async fn says(lines: usize) -> Reader {
    let answer = move |_: axum::extract::Request| async move {
        let pieces = futures::stream::iter(
            (0..lines)
                .map(|line| Ok::<_, std::io::Error>(Bytes::from(format!("2026-11-25T03:12:00.{line:09}Z {line}\n")))),
        );
        // What comes in one burst would arrive as one piece.
        Sent::from_stream(pieces.then(|piece| async {
            tokio::task::yield_now().await;
            piece
        }))
    };
    reader(&serve(Router::new().fallback(answer)).await)
}

#[tokio::test]
async fn a_flood_in_small_pieces_is_read_whole_and_in_order() {
    let lines = 5_127;
    let reader = says(lines).await;
    let (sender, mut news) = mpsc::channel(1);
    let stream = Stream {
        namespace: "shop".into(),
        pod: "chat".into(),
        container: "main".into(),
        previous: false,
        backlog: Backlog::All,
        patience: Patience::Once,
    };
    let follower = tokio::spawn(
        Follower::new(stream, reader, LogOutbox::new(1, StreamId(0), sender), Withholder::default()).run(),
    );
    let mut told = Vec::new();
    while let Some(LogNews { fact, .. }) = news.recv().await {
        match fact {
            LogFact::Lines(some) => told.extend(some.iter().map(|line| line.text.parse::<usize>().unwrap())),
            LogFact::Dropped(lost) => panic!("{lost} lines were dropped, though nobody is in a hurry"),
            _ => {}
        }
        tokio::task::yield_now().await;
    }
    follower.await.unwrap();
    assert_eq!(told, (0..lines).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_was_said_before_one_listened_is_not_dropped_however_slowly_it_is_taken_in() {
    let lines = 30_000;
    // The lines are a second old when the server is asked.
    let answer = move |_: axum::extract::Request| async move {
        let said: Vec<String> = (0..lines).map(|line| format!("2026-11-25T03:12:00.{line:09}Z {line}\n")).collect();
        ([("date", "Wed, 25 Nov 2026 03:12:01 GMT")], said.concat())
    };
    let reader = reader(&serve(Router::new().fallback(answer)).await);
    let (sender, mut news) = mpsc::channel(1);
    let stream = Stream {
        namespace: "shop".into(),
        pod: "chat".into(),
        container: "main".into(),
        previous: false,
        backlog: Backlog::All,
        patience: Patience::Follow,
    };
    let follower = Follower::new(stream, reader, LogOutbox::new(1, StreamId(0), sender), Withholder::default());
    let follower = tokio::spawn(follower.run());
    let mut told = 0;
    while told < lines {
        match news.recv().await.unwrap().fact {
            LogFact::Lines(some) => told += some.len(),
            LogFact::Dropped(lost) => panic!("{lost} lines were dropped after {told}"),
            _ => {}
        }
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
    follower.abort();
}
