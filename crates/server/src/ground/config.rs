//! Configuration from a file and the environment; the environment wins.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::guard::guarded;

/// Whether an address names a password: `…://user:password@host` or `?password=…`.
fn has_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    rest.contains("password=") || host.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}

/// What a process needs to know to start.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `POSTSALE_LISTEN`: address and port of HTTP. Default `127.0.0.1:8080`.
    pub listen: String,
    /// `POSTSALE_DATA_DIR`: database file, secret, mail folders. Default `./var`.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`: `sqlite://PATH` (default: `postsale.db` in the data folder) or `postgres://…`.
    pub database_url: Option<String>,
    /// `POSTSALE_DB_THREADS`: reader threads or connections of each kind, 1 to 64. Default 4.
    pub db_threads: usize,
    /// `POSTSALE_PUBLIC_URL`: where merchants reach this server; links in notices and stickers start with it.
    pub public_url: Option<String>,
    /// `POSTSALE_SMTP_URL`: `smtp://host:port` or `smtps://user:password@host`. Without it notices by mail go to a maildir.
    pub smtp_url: Option<String>,
    /// `POSTSALE_MAIL_FROM`: sender of notices. Default `service@postsale.invalid`.
    pub mail_from: String,
    /// `POSTSALE_MAIL_SPOOL`: a folder whose `.eml` files are taken in as they appear.
    pub mail_spool: Option<PathBuf>,
    /// `POSTSALE_DRAIN_SECONDS`: how long a process that was told to stop still takes new connections, while `/readyz` says that it is
    /// stopping; as long as the load balancer needs to notice. Default 0.
    pub drain_seconds: u16,
    /// `POSTSALE_METRICS_TOKEN`: who sends it as a bearer token may read `/metrics`. Without it only who asks directly, not through a proxy.
    pub metrics_token: Option<String>,
    /// `POSTSALE_TRUSTED_PROXIES`: addresses, separated by commas, whose `X-Forwarded-For` is believed. Default: none.
    pub trusted_proxies: Vec<IpAddr>,
    /// `POSTSALE_INSIDE_HOSTS`: hosts of the house's own network, perhaps with a port, separated by commas, that it may speak to although
    /// their addresses are private, and without TLS: an identity provider that stands inside. Default: none.
    pub inside_hosts: Vec<String>,
    /// `POSTSALE_CA_FILE`: certificates (PEM) of authorities that are trusted besides the usual ones.
    pub ca_file: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".into(),
            data_dir: "var".into(),
            database_url: None,
            db_threads: 4,
            public_url: None,
            smtp_url: None,
            mail_from: "service@postsale.invalid".into(),
            mail_spool: None,
            drain_seconds: 0,
            metrics_token: None,
            trusted_proxies: Vec::new(),
            inside_hosts: Vec::new(),
            ca_file: None,
        }
    }
}

impl Config {
    /// Reads `file` (JSON) if given, then the environment. Errors name the file or the variable.
    pub fn load(file: Option<&std::path::Path>, env: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let mut config: Config = match file {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
                let config: Config = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
                if config.has_secrets() {
                    guarded(path, "passwords")?;
                }
                config
            }
            None => Config::default(),
        };
        if let Some(v) = env("POSTSALE_LISTEN") {
            config.listen = v;
        }
        if let Some(v) = env("POSTSALE_DATA_DIR") {
            config.data_dir = v.into();
        }
        if let Some(v) = env("POSTSALE_DB_THREADS") {
            config.db_threads = v.parse().map_err(|_| "POSTSALE_DB_THREADS is a number from 1 to 64".to_owned())?;
        }
        if let Some(v) = env("POSTSALE_MAIL_FROM") {
            config.mail_from = v;
        }
        if let Some(v) = env("POSTSALE_DRAIN_SECONDS") {
            config.drain_seconds = v.parse().map_err(|_| "POSTSALE_DRAIN_SECONDS is a number of seconds".to_owned())?;
        }
        config.metrics_token = env("POSTSALE_METRICS_TOKEN").or(config.metrics_token);
        if let Some(v) = env("POSTSALE_TRUSTED_PROXIES") {
            let list: Result<Vec<IpAddr>, _> = v.split(',').map(|a| a.trim().parse()).collect();
            config.trusted_proxies = list.map_err(|_| "POSTSALE_TRUSTED_PROXIES is a list of addresses, separated by commas".to_owned())?;
        }
        if let Some(v) = env("POSTSALE_INSIDE_HOSTS") {
            config.inside_hosts = v.split(',').map(|h| h.trim().to_owned()).filter(|h| !h.is_empty()).collect();
        }
        config.ca_file = env("POSTSALE_CA_FILE").map(PathBuf::from).or(config.ca_file);
        config.database_url = env("DATABASE_URL").or(config.database_url);
        config.public_url = env("POSTSALE_PUBLIC_URL").or(config.public_url);
        config.smtp_url = env("POSTSALE_SMTP_URL").or(config.smtp_url);
        config.mail_spool = env("POSTSALE_MAIL_SPOOL").map(PathBuf::from).or(config.mail_spool);
        Ok(config)
    }

    /// Whether whoever reads this could sign in somewhere with it.
    fn has_secrets(&self) -> bool {
        let password = |url: &Option<String>| url.as_ref().is_some_and(|url| has_password(url));
        self.metrics_token.is_some() || password(&self.database_url) || password(&self.smtp_url)
    }

    /// Where the database is.
    pub fn database_url(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| format!("sqlite://{}", self.data_dir.join("postsale.db").display()))
    }

    /// Where merchants reach this server, without a slash at the end.
    pub fn public_url(&self) -> String {
        self.public_url
            .clone()
            .map_or_else(|| format!("http://{}", self.listen.replace("0.0.0.0", "127.0.0.1")), |u| u.trim_end_matches('/').to_owned())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{Permissions, set_permissions, write};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_with_passwords_is_not_for_everybody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("postsale.json");
        let plain = [
            r#"{"listen": "0.0.0.0:80"}"#,
            r#"{"database_url": "postgres://postsale@db/postsale"}"#,
            r#"{"database_url": "sqlite:///var/lib/postsale/a:b@c.db"}"#,
            r#"{"smtp_url": "smtp://mail.example:25"}"#,
        ];
        let secret = [
            r#"{"database_url": "postgres://postsale:sesame@db/postsale"}"#,
            r#"{"database_url": "postgres://db/postsale?user=postsale&password=sesame"}"#,
            r#"{"smtp_url": "smtps://desk:sesame@mail.example"}"#,
            r#"{"metrics_token": "sesame"}"#,
        ];
        for (text, secret) in plain.iter().map(|t| (t, false)).chain(secret.iter().map(|t| (t, true))) {
            write(&path, text).unwrap();
            for (mode, open) in [(0o644, true), (0o640, false), (0o600, false)] {
                set_permissions(&path, Permissions::from_mode(mode)).unwrap();
                let read = Config::load(Some(&path), |_| None);
                assert_eq!(read.is_err(), secret && open, "{text} {mode:o}");
                assert!(read.err().is_none_or(|why| why.contains("chmod o-rwx") && !why.contains("sesame")), "{text}");
            }
        }
    }
}
