use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt;
use postsale_server::house::House;
use serde_json::Value;
use tower::ServiceExt;

/// What a request came back with.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body; null when it was none.
    pub json: Value,
    /// The body as text.
    pub text: String,
    /// The `Location` header.
    pub location: Option<String>,
    /// Cookies that were set, as `name=value`.
    pub cookies: Vec<String>,
}

impl Answer {
    /// The answer's body, after checking the status. Panics with the body otherwise.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json
    }

    /// The problem code, after checking the status. Panics with the body otherwise.
    #[track_caller]
    pub fn problem(self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        self.json["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// Speaks HTTP to the application in the same process.
#[derive(Clone)]
pub struct Client {
    router: Router,
    token: Option<String>,
    lang: &'static str,
}

impl Client {
    /// A client that is not signed in.
    pub fn new(house: &House) -> Self {
        Self { router: postsale_server::http::router(house.clone()), token: None, lang: "zh" }
    }

    /// Signs in. Panics when refused.
    pub async fn sign_in(mut self, username: &str, password: &str) -> Self {
        let body = serde_json::json!({ "username": username, "password": password });
        let opened = self.post("/api/v1/sessions", &body).await.expect(201);
        self.token = Some(opened["token"].as_str().unwrap().to_owned());
        self
    }

    /// The same client reading English.
    pub fn in_english(mut self) -> Self {
        self.lang = "en";
        self
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::PATCH, path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// The same client with another token: a key for programs, a session opened elsewhere.
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// PUT with a JSON body.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::PUT, path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// POST with a JSON body under an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).header(header::CONTENT_TYPE, "application/json").header("idempotency-key", key);
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// POST of an HTML form.
    pub async fn form(&self, path: &str, fields: &str) -> Answer {
        let request = self.request(Method::POST, path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(fields.to_owned())).unwrap()).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path).body(Body::empty()).unwrap()).await
    }

    /// The application itself, for answers that are looked at header by header.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Any request.
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT_LANGUAGE, self.lang);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        request
    }

    /// Sends any request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let location = response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let set = response.headers().get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok());
        let cookies = set.filter_map(|v| v.split(';').next()).map(str::to_owned).collect();
        // A stream of events has no end to wait for.
        if response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v == "text/event-stream") {
            return Answer { status, json: Value::Null, text: String::new(), location, cookies };
        }
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status, json: serde_json::from_str(&text).unwrap_or(Value::Null), text, location, cookies }
    }
}
