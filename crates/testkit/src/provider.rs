use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as B64, Engine};
use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use ring::{digest, hmac};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What is wrong with the next token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bend {
    /// Nothing; signed with RS256.
    Straight,
    /// Nothing; signed with ES256.
    Curve,
    /// The nonce is another sign-in's.
    Nonce,
    /// It is for another application.
    Audience,
    /// It is from another issuer.
    Issuer,
    /// It was good an hour ago.
    Expired,
    /// A letter of its claims was changed after signing.
    Signature,
    /// `alg: none`, and no signature.
    Unsigned,
    /// `alg: HS256`, with the published key as the secret.
    PublicKeyAsSecret,
    /// `alg: HS256`, with the client's own secret.
    ClientSecret,
}

/// A house of accounts that speaks OpenID Connect over HTTP on 127.0.0.1: discovery, keys, authorization, tokens signed for real,
/// PKCE and the client's secret checked. What it says of people, and what is wrong with it, is set by the test.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    issuer: String,
    rsa: RsaKeyPair,
    curve: EcdsaKeyPair,
    now: Timestamp,
    person: Mutex<Value>,
    bend: Mutex<Bend>,
    codes: Mutex<HashMap<String, HashMap<String, String>>>,
    task: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl Provider {
    /// What the provider calls the application.
    pub const CLIENT: &str = "postsale";
    /// The application's secret there.
    pub const SECRET: &str = "a+secret/with:odd signs";

    /// Opens a provider whose clock stands at `now`.
    pub async fn open(now: Timestamp) -> Provider {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}/realms/desk", listener.local_addr().unwrap());
        let random = SystemRandom::new();
        let curve = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let provider = Provider(Arc::new(Inner {
            issuer,
            rsa: RsaKeyPair::from_pkcs8(include_bytes!("../data/provider.rsa.pk8")).unwrap(),
            curve: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, curve.as_ref(), &random).unwrap(),
            now,
            person: Mutex::new(Value::Null),
            bend: Mutex::new(Bend::Straight),
            codes: Mutex::default(),
            task: Mutex::default(),
        }));
        let routes = Router::new()
            .route("/realms/desk/.well-known/openid-configuration", get(discovery))
            .route("/realms/desk/keys", get(keys))
            .route("/realms/desk/authorize", get(authorize))
            .route("/realms/desk/token", post(token))
            .with_state(provider.clone());
        *provider.0.task.lock().unwrap() = Some(tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() }));
        provider
    }

    /// Its issuer.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// Who signs in next: the claims, without those of the protocol.
    pub fn person(&self, claims: Value) {
        *self.0.person.lock().unwrap() = claims;
    }

    /// What is wrong from now on.
    pub fn bend(&self, bend: Bend) {
        *self.0.bend.lock().unwrap() = bend;
    }

    /// Goes away: nobody answers any more.
    pub async fn close(&self) {
        let task = self.0.task.lock().unwrap().take();
        if let Some(task) = task {
            task.abort();
            let _ = task.await;
        }
    }

    /// Visits an address as a browser would; the query of where it is sent back to.
    pub async fn visit(&self, address: &str) -> HashMap<String, String> {
        let rest = address.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_once('/').unwrap();
        let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
        stream.write_all(format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let location = answer.lines().find_map(|l| l.strip_prefix("location: ")).unwrap_or_else(|| panic!("{answer}"));
        Query::try_from_uri(&location.parse().unwrap()).map(|Query(query)| query).unwrap()
    }

    fn signed(&self, claims: &Value, bend: Bend) -> String {
        let inner = &self.0;
        let head = |alg: &str, kid: &str| B64.encode(json!({ "alg": alg, "kid": kid, "typ": "JWT" }).to_string());
        let body = B64.encode(claims.to_string());
        let rsa = |data: &str| {
            let mut signature = vec![0; inner.rsa.public().modulus_len()];
            inner.rsa.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), data.as_bytes(), &mut signature).unwrap();
            B64.encode(signature)
        };
        let mac = |key: &[u8], data: &str| B64.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data.as_bytes()));
        match bend {
            Bend::Unsigned => format!("{}.{body}.", head("none", "r")),
            Bend::PublicKeyAsSecret => {
                let data = format!("{}.{body}", head("HS256", "r"));
                format!("{data}.{}", mac(inner.rsa.public_key().as_ref(), &data))
            }
            Bend::ClientSecret => {
                let data = format!("{}.{body}", head("HS256", "r"));
                format!("{data}.{}", mac(Self::SECRET.as_bytes(), &data))
            }
            Bend::Curve => {
                let data = format!("{}.{body}", head("ES256", "e"));
                format!("{data}.{}", B64.encode(inner.curve.sign(&SystemRandom::new(), data.as_bytes()).unwrap()))
            }
            Bend::Signature => {
                let signature = rsa(&format!("{}.{body}", head("RS256", "r")));
                let mut other = claims.clone();
                other["sub"] = json!("somebody-else");
                format!("{}.{}.{signature}", head("RS256", "r"), B64.encode(other.to_string()))
            }
            _ => {
                let data = format!("{}.{body}", head("RS256", "r"));
                format!("{data}.{}", rsa(&data))
            }
        }
    }
}

async fn discovery(State(provider): State<Provider>) -> Json<Value> {
    let issuer = provider.issuer();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // As real ones do, it offers more than should be taken.
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
    }))
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let rsa = RsaPublicKeyComponents::<Vec<u8>>::from(provider.0.rsa.public());
    // An uncompressed point: 4, x, y.
    let point = provider.0.curve.public_key().as_ref();
    Json(json!({ "keys": [
        { "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "r", "n": B64.encode(rsa.n), "e": B64.encode(rsa.e) },
        { "kty": "EC", "use": "sig", "alg": "ES256", "kid": "e", "crv": "P-256", "x": B64.encode(&point[1..33]), "y": B64.encode(&point[33..]) },
    ] }))
}

async fn authorize(State(provider): State<Provider>, Query(asked): Query<HashMap<String, String>>) -> Response {
    let word = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let whole = word("client_id") == Provider::CLIENT
        && word("response_type") == "code"
        && word("code_challenge_method") == "S256"
        && word("scope").split(' ').any(|s| s == "openid");
    if !whole {
        return (StatusCode::BAD_REQUEST, format!("{asked:?}")).into_response();
    }
    let mut code = [0; 16];
    SystemRandom::new().fill(&mut code).unwrap();
    let (code, back, state) = (B64.encode(code), word("redirect_uri").to_owned(), word("state").to_owned());
    provider.0.codes.lock().unwrap().insert(code.clone(), asked);
    Redirect::to(&format!("{back}?code={code}&state={state}")).into_response()
}

async fn token(State(provider): State<Provider>, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> Response {
    let no = |status: StatusCode, error: &str| (status, Json(json!({ "error": error }))).into_response();
    // Both halves are form-encoded before they are joined (RFC 6749, 2.3.1).
    let basic = BASE64_STANDARD.encode(format!("{}:{}", Provider::CLIENT, "a%2Bsecret%2Fwith%3Aodd+signs"));
    if headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()) != Some(&format!("Basic {basic}")) {
        return no(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let word = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    // Once only.
    let Some(asked) = provider.0.codes.lock().unwrap().remove(word("code")) else { return no(StatusCode::BAD_REQUEST, "invalid_grant") };
    let challenge = B64.encode(digest::digest(&digest::SHA256, word("code_verifier").as_bytes()));
    if asked.get("code_challenge") != Some(&challenge) || asked.get("redirect_uri").map(String::as_str) != Some(word("redirect_uri")) {
        return no(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    let (bend, now) = (*provider.0.bend.lock().unwrap(), provider.0.now.as_second());
    let mut claims = provider.0.person.lock().unwrap().clone();
    claims["iss"] = json!(if bend == Bend::Issuer { "http://127.0.0.1:1/realms/desk" } else { provider.issuer() });
    claims["aud"] = json!(if bend == Bend::Audience { "somebody-else" } else { Provider::CLIENT });
    claims["nonce"] = if bend == Bend::Nonce { json!("another") } else { json!(asked.get("nonce")) };
    let issued = if bend == Bend::Expired { now - 7200 } else { now };
    (claims["iat"], claims["exp"]) = (json!(issued), json!(issued + 3600));
    let id_token = provider.signed(&claims, bend);
    Json(json!({ "access_token": "unused", "token_type": "Bearer", "expires_in": 3600, "id_token": id_token })).into_response()
}
