//! Whose certificates are believed.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// The authorities that browsers trust.
pub fn usual() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// The authorities in a file (PEM), and no others. Errors: it cannot be read, holds none, or something that is none.
pub fn only(file: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    add(&mut roots, file)?;
    Ok(roots)
}

/// Trusts the authorities in a file (PEM) as well. Errors: it cannot be read, holds none, or something that is none.
pub fn add(roots: &mut RootCertStore, file: &Path) -> Result<(), String> {
    let before = roots.len();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|e| e.to_string())? {
        roots.add(certificate.map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    }
    if roots.len() == before { Err("no certificate in it".into()) } else { Ok(()) }
}

/// Speaks TLS as whoever connects, and believes these. Errors: the library's.
pub fn client(roots: RootCertStore) -> Result<ClientConfig, String> {
    Ok(ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
