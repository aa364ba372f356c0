#![expect(clippy::unwrap_used, reason = "tests")]

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use reqwest::header::AUTHORIZATION;

use super::*;
use crate::clients::kubernetes::test_support::{self, reader};
use crate::domain::object::ClusterName;
use crate::domain::signal::{Access, SignalId, SignalKind};

/// A server that answers every question with what is made of its path and its authorization.
async fn serve(answer: impl Fn(&str, &str) -> Response + Clone + Send + Sync + 'static) -> String {
    let answer = move |request: axum::extract::Request| async move {
        let token = request.headers().get(AUTHORIZATION).and_then(|token| token.to_str().ok());
        answer(request.uri().path(), token.unwrap_or_default())
    };
    test_support::serve(Router::new().fallback(answer)).await
}

fn at(reach: Reach, access: Access) -> SignalServer {
    let id = SignalId { cluster: ClusterName("eu".into()), name: "main".into() };
    SignalServer { id, kind: SignalKind::Prometheus, reach, access, matchers: Text::default() }
}

fn url(address: &str) -> SignalServer {
    at(Reach::Url(address.into()), Access::default())
}

#[tokio::test]
async fn a_server_is_asked_by_its_address_with_its_token() {
    let address = serve(|path, token| axum::Json(json!([path, token])).into_response()).await;
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "s3cret\n").unwrap();
    let access = Access { token: Some(token.clone()), ..Access::default() };
    let endpoint = Endpoint::new(&at(Reach::Url(address.as_str().into()), access), &reader(&address)).unwrap();
    assert_eq!(endpoint.get_json("/api/v2/alerts").await.unwrap(), json!(["/api/v2/alerts", "Bearer s3cret"]));
    std::fs::remove_file(&token).unwrap();
    let problem = endpoint.get_json("/").await.unwrap_err();
    assert!(problem.to_string().contains("token cannot be read"), "{problem}");
}

#[tokio::test]
async fn a_server_within_a_cluster_is_asked_through_its_api() {
    let address = serve(|path, _| axum::Json(json!(path)).into_response()).await;
    let reach = Reach::Service { namespace: "monitoring".into(), name: "am".into(), port: "web".into() };
    let endpoint = Endpoint::new(&at(reach, Access::default()), &reader(&address)).unwrap();
    assert_eq!(
        endpoint.get_json("/api/v2/alerts").await.unwrap(),
        json!("/api/v1/namespaces/monitoring/services/am:web/proxy/api/v2/alerts")
    );
}

#[tokio::test]
async fn whatever_is_wrong_is_told_with_what_to_do() {
    let address = serve(|path, _| match path {
        "/page" => ([(header::CONTENT_TYPE, "text/html")], "<html>log in</html>").into_response(),
        "/denied" => StatusCode::UNAUTHORIZED.into_response(),
        "/away" => StatusCode::NOT_FOUND.into_response(),
        "/large" => vec![b' '; MOST + 10].into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    })
    .await;
    let endpoint = Endpoint::new(&url(&address), &reader(&address)).unwrap();
    for (path, says) in [
        ("/page", "is not JSON; it begins \"<html>"),
        ("/denied", "token-file"),
        ("/away", "path prefix"),
        ("/large", "larger than 32 MiB"),
        ("/broken", "500"),
    ] {
        let problem = endpoint.get_json(path).await.unwrap_err();
        assert!(problem.to_string().contains(says), "{path}: {problem}");
        assert!(problem.what.contains(&address), "{path}: {problem}");
    }
    let nobody = Endpoint::new(&url("http://127.0.0.1:1"), &reader(&address)).unwrap();
    let problem = nobody.get_json("/").await.unwrap_err();
    assert!(problem.to_string().to_lowercase().contains("refused"), "{problem}");
}
