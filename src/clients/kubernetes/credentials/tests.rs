#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

/// Credentials of which none can be obtained, with one that is to be renewed and is good for so long.
fn worn(good_for: SignedDuration) -> Arc<Credentials> {
    crate::clients::install_crypto();
    let config = kube::Config::new("http://127.0.0.1:1".parse().unwrap());
    let nowhere = Origin::TokenFile("/nonexistent/token".into(), None);
    let credentials = Credentials::new(nowhere, config).unwrap();
    let now = Timestamp::now();
    let session = Session {
        client: credentials.client.clone(),
        authorization: None,
        renew_at: Some(now - SignedDuration::from_secs(1)),
        expires: Some(now + good_for),
        replaced_at: None,
    };
    credentials.slot().session = Some(Arc::new(session));
    credentials
}

#[tokio::test]
async fn a_renewal_that_fails_takes_nothing_away_that_is_still_good() {
    let credentials = worn(SignedDuration::from_hours(1));
    for _ in 0..3 {
        credentials.current().await.unwrap();
        tokio::task::yield_now().await;
    }
    assert!(credentials.slot().failed.is_some() || credentials.slot().running.is_some(), "it was tried");
    let expired = worn(-SignedDuration::from_secs(1));
    assert!(matches!(expired.current().await, Err(ClientError::Login(_))));
}
