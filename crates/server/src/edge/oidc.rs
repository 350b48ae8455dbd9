//! OpenID Connect: discovery, the way there, and the code that comes back (authorization code flow with PKCE).

use std::future::Future;
use std::pin::Pin;

use axum::http::{Request, Response};
use jiff::Timestamp;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreProviderMetadata,
};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, DiscoveryError, IdToken, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse,
};
use postsale_domain::org::identity::Claims;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fetch::{Fetch, Unfetched};
use crate::ground::identity::{Discovered, Errand, Registered, Unhelpful};

/// How tokens may be signed: with a key pair. Whoever could sign with our own secret, or not at all, could be anybody.
const SIGNED: [CoreJwsSigningAlgorithm; 10] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EcdsaP521Sha512,
    CoreJwsSigningAlgorithm::EdDsa,
];
/// How far the provider's clock may be ahead of ours.
const AHEAD: i64 = 120;

/// Speaks with houses of accounts.
pub struct Oidc {
    fetch: Fetch,
}

impl<'c> AsyncHttpClient<'c> for Fetch {
    type Error = Unfetched;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, Unfetched>> + Send + 'c>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.send(request))
    }
}

impl Oidc {
    /// Speaks through this way out.
    pub fn new(fetch: Fetch) -> Self {
        Self { fetch }
    }

    /// Reads the discovery document and the keys.
    pub async fn discover(&self, issuer: &str) -> Result<Discovered, Unhelpful> {
        let found = self.metadata(issuer).await?;
        let algorithms = found.id_token_signing_alg_values_supported().iter().map(word).collect();
        let token = found.token_endpoint().map(|url| url.to_string());
        let token = token.ok_or_else(|| Unhelpful::Away("the discovery document names no token endpoint".into()))?;
        Ok(Discovered { authorization: found.authorization_endpoint().to_string(), token, algorithms, keys: found.jwks().keys().len() })
    }

    /// The address people are sent to.
    pub async fn way(&self, with: &Registered, errand: &Errand) -> Result<String, Unhelpful> {
        let found = self.metadata(&with.issuer).await?;
        let client = CoreClient::from_provider_metadata(found, ClientId::new(with.client_id.clone()), None).set_redirect_uri(back(with)?);
        let (state, nonce) = (errand.state.clone(), errand.nonce.clone());
        let verifier = PkceCodeVerifier::new(errand.verifier.clone());
        let (address, ..) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || CsrfToken::new(state), || Nonce::new(nonce))
            .add_scope(Scope::new("email".into()))
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(address.to_string())
    }

    /// Takes the code for a token and reads the token, once everything about it holds. `claim` is the one that names the person.
    pub async fn who(&self, with: &Registered, errand: Errand, code: String, claim: &str, now: Timestamp) -> Result<Claims, Unhelpful> {
        let found = self.metadata(&with.issuer).await?;
        // The standard's way unless the provider knows only the other.
        let methods = found.token_endpoint_auth_methods_supported();
        let posted = methods
            .is_some_and(|m| !m.contains(&CoreClientAuthMethod::ClientSecretBasic) && m.contains(&CoreClientAuthMethod::ClientSecretPost));
        let client =
            CoreClient::from_provider_metadata(found, ClientId::new(with.client_id.clone()), Some(ClientSecret::new(with.secret.clone())))
                .set_redirect_uri(back(with)?)
                .set_auth_type(if posted { AuthType::RequestBody } else { AuthType::BasicAuth });
        let asked = client.exchange_code(AuthorizationCode::new(code)).map_err(|e| Unhelpful::Away(e.to_string()))?;
        let answer = asked.set_pkce_verifier(PkceCodeVerifier::new(errand.verifier)).request_async(&self.fetch).await;
        let answer = answer.map_err(|error| match error {
            RequestTokenError::ServerResponse(said) => Unhelpful::Code(said.error().to_string()),
            RequestTokenError::Request(unfetched) => away(unfetched),
            RequestTokenError::Parse(error, _) => Unhelpful::Away(error.to_string()),
            RequestTokenError::Other(text) => Unhelpful::Away(text),
        })?;
        let token = answer.id_token().ok_or_else(|| Unhelpful::Token("there is none".into()))?;
        let instant = move || chrono::DateTime::from_timestamp_millis(now.as_millisecond()).unwrap_or_default();
        let verifier = client.id_token_verifier().set_allowed_algs(SIGNED).set_time_fn(instant).set_issue_time_verifier_fn(move |issued| {
            if issued.timestamp() > now.as_second() + AHEAD { Err("issued in the future".into()) } else { Ok(()) }
        });
        let token: Token = token.to_string().parse().map_err(|e: serde_json::Error| Unhelpful::Token(e.to_string()))?;
        let claims = token.claims(&verifier, &Nonce::new(errand.nonce)).map_err(|e| Unhelpful::Token(e.to_string()))?;
        let said = serde_json::to_value(claims).map_err(|e| Unhelpful::Token(e.to_string()))?;
        read(&said, claim).ok_or_else(|| Unhelpful::Token("it names nobody".into()))
    }

    async fn metadata(&self, issuer: &str) -> Result<CoreProviderMetadata, Unhelpful> {
        let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|e| Unhelpful::Barred(e.to_string()))?;
        CoreProviderMetadata::discover_async(issuer, &self.fetch).await.map_err(|error| match error {
            DiscoveryError::Request(unfetched) => away(unfetched),
            other => Unhelpful::Away(other.to_string()),
        })
    }
}

fn back(with: &Registered) -> Result<RedirectUrl, Unhelpful> {
    RedirectUrl::new(with.back.clone()).map_err(|e| Unhelpful::Barred(e.to_string()))
}

fn away(unfetched: Unfetched) -> Unhelpful {
    match unfetched {
        Unfetched::Barred(why) => Unhelpful::Barred(why),
        Unfetched::Away(why) => Unhelpful::Away(why),
    }
}

fn word(algorithm: &CoreJwsSigningAlgorithm) -> String {
    serde_json::to_value(algorithm).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Every claim, whatever it is called: any of them may be the one that names people.
#[derive(Debug, Clone, Deserialize, Serialize)]
struct Others(Map<String, Value>);
impl AdditionalClaims for Others {}
type Token = IdToken<Others, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// What a verified token says of a person.
fn read(said: &Value, claim: &str) -> Option<Claims> {
    let text = |name: &str| said.get(name).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
    let many = said.get("amr").and_then(Value::as_array).into_iter().flatten();
    Some(Claims {
        subject: text("sub")?,
        named: text(claim),
        email: text("email"),
        email_verified: said.get("email_verified").and_then(Value::as_bool),
        name: text("name"),
        amr: many.filter_map(Value::as_str).map(str::to_owned).collect(),
    })
}
