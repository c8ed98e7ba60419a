//! The settings that connections share: the `ssl.SSLContext` of this project.

use crate::clock::{Clock, WallClock};
use crate::error::Error;
use crate::identity;
use crate::keylog::{self, KeyLines};
use crate::record;
use crate::remembered::Remembered;
use crate::roots::Roots;
use crate::sessions::Sessions;
use crate::settings::{ServerName, VerifyMode, Version};
use crate::verifier::Verifier;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::OnceCell;
use core::fmt;
use httplib_provider::{SHORT_KEYS, provider};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, SupportedProtocolVersion};
use spin::Mutex;

/// What is trusted, who we are, and what is offered.
///
/// A change holds for the sessions that are created after it, and forgets the
/// sessions that could have been resumed.
pub struct Context {
    clock: Clock,
    roots: Roots,
    identity: Option<Arc<CertifiedKey>>,
    check_hostname: bool,
    verify_mode: VerifyMode,
    minimum: Version,
    maximum: Version,
    alpn: Vec<Vec<u8>>,
    server_name: ServerName,
    key_lines: Option<Arc<KeyLines>>,
    resumption: bool,
    suppress_ragged_eofs: bool,
    built: OnceCell<Built>,
}

/// What a session is made of.
#[derive(Clone)]
pub(crate) struct Built {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) sessions: Arc<Sessions>,
}

impl Context {
    /// A context that verifies: Mozilla's roots, host name checked, TLS 1.2
    /// and 1.3, ALPN `http/1.1`, resumption on.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            roots: Roots::default(),
            identity: None,
            check_hostname: true,
            verify_mode: VerifyMode::Required,
            minimum: Version::Tls12,
            maximum: Version::Tls13,
            alpn: Vec::from([b"http/1.1".to_vec()]),
            server_name: ServerName::Host,
            key_lines: None,
            resumption: true,
            suppress_ragged_eofs: false,
            built: OnceCell::new(),
        }
    }

    /// The same, but nothing is verified: neither the chain nor the host name.
    pub fn unverified(clock: Clock) -> Self {
        Self {
            check_hostname: false,
            verify_mode: VerifyMode::None,
            ..Self::new(clock)
        }
    }

    /// Adds trusted roots: PEM (any number, any text around) or one DER
    /// certificate. Returns how many were found. A server may also use one of
    /// them as its own certificate.
    ///
    /// # Errors
    /// `Value` if there is none or one is damaged; then none is
    /// added.
    pub fn load_verify_locations(&mut self, pem_or_der: &[u8]) -> Result<usize, Error> {
        let roots = identity::added_roots(pem_or_der)?;
        Ok(self.changed().roots.add(roots))
    }

    /// Forgets every trusted root, the bundled ones too; only those added
    /// afterwards count.
    pub fn clear_roots(&mut self) {
        self.changed().roots = Roots::none();
    }

    /// Sets the client certificate: a chain (PEM, own certificate first, or
    /// one DER) and its private key (PEM or DER; PKCS#8, PKCS#1 or SEC1; RSA,
    /// P-256, P-384 or Ed25519). With `key` absent the key is looked for
    /// beside the chain.
    ///
    /// An RSA key signs with blinding. WebAssembly engines do not promise
    /// constant time, so a peer that can time many signatures closely is best
    /// met with another kind of key.
    ///
    /// # Errors
    /// `Value` if one is missing, damaged, encrypted or not
    /// supported, or if they do not belong together.
    pub fn load_cert_chain(&mut self, chain: &[u8], key: Option<&[u8]>) -> Result<(), Error> {
        let identity = identity::certified_key(chain, key.unwrap_or(chain), &provider())?;
        self.changed().identity = Some(identity);
        Ok(())
    }

    /// Whether the certificate must be for the host (RFC 9525; the common name
    /// does not count).
    pub fn check_hostname(&self) -> bool {
        self.check_hostname
    }

    /// As in Python, switching it on makes verification required.
    pub fn set_check_hostname(&mut self, on: bool) {
        let this = self.changed();
        this.check_hostname = on;
        if on {
            this.verify_mode = VerifyMode::Required;
        }
    }

    /// Whether the certificate must lead to a trusted root.
    pub fn verify_mode(&self) -> VerifyMode {
        self.verify_mode
    }

    /// Switches verification on or off.
    ///
    /// # Errors
    /// `Value` for `None` while the host name is checked, as in
    /// Python.
    pub fn set_verify_mode(&mut self, mode: VerifyMode) -> Result<(), Error> {
        if mode == VerifyMode::None && self.check_hostname {
            return Err(Error::value(
                "verification cannot be switched off while the host name is checked",
            ));
        }
        self.changed().verify_mode = mode;
        Ok(())
    }

    /// The lowest version that is offered.
    pub fn minimum_version(&self) -> Version {
        self.minimum
    }

    /// Sets the lowest version.
    ///
    /// # Errors
    /// `Value` if it is above the maximum.
    pub fn set_minimum_version(&mut self, version: Version) -> Result<(), Error> {
        self.set_versions(version, self.maximum)
    }

    /// The highest version that is offered.
    pub fn maximum_version(&self) -> Version {
        self.maximum
    }

    /// Sets the highest version.
    ///
    /// # Errors
    /// `Value` if it is below the minimum.
    pub fn set_maximum_version(&mut self, version: Version) -> Result<(), Error> {
        self.set_versions(self.minimum, version)
    }

    fn set_versions(&mut self, minimum: Version, maximum: Version) -> Result<(), Error> {
        if minimum > maximum {
            return Err(Error::value(
                "the minimum version is above the maximum version",
            ));
        }
        let this = self.changed();
        (this.minimum, this.maximum) = (minimum, maximum);
        Ok(())
    }

    /// The protocols that are offered (RFC 7301), the preferred one first.
    pub fn alpn(&self) -> &[Vec<u8>] {
        &self.alpn
    }

    /// An empty list leaves the extension out.
    ///
    /// # Errors
    /// `Value` if a name has not between 1 and 255 bytes, or all of
    /// them together too many.
    pub fn set_alpn(&mut self, protocols: Vec<Vec<u8>>) -> Result<(), Error> {
        if let Some(bad) = protocols
            .iter()
            .find(|name| !(1..=255).contains(&name.len()))
        {
            return Err(Error::value(format!(
                "an ALPN protocol has between 1 and 255 bytes, not {}",
                bad.len()
            )));
        }
        let total: usize = protocols.iter().map(|name| name.len() + 1).sum();
        // The ClientHello has to hold them beside everything else.
        if total > 1 << 14 {
            return Err(Error::value(
                "the ALPN protocols have more than 16384 bytes together",
            ));
        }
        self.changed().alpn = protocols;
        Ok(())
    }

    /// The name that is sent to the server.
    pub fn server_name(&self) -> &ServerName {
        &self.server_name
    }

    /// A name that is no host name is reported when a session is created.
    pub fn set_server_name(&mut self, name: ServerName) {
        self.changed().server_name = name;
    }

    /// Starts or stops collecting session secrets. Whoever has them can read
    /// the connections.
    pub fn set_keylog(&mut self, on: bool) {
        self.changed().key_lines = on.then(Arc::default);
    }

    /// The key log lines (NSS format, without line ends) since the last call.
    pub fn take_keylog(&self) -> Vec<String> {
        self.key_lines
            .as_ref()
            .map(|lines| lines.take().into())
            .unwrap_or_default()
    }

    /// Whether the caller wants a connection that ends without `close_notify`
    /// to count as complete.
    pub fn suppress_ragged_eofs(&self) -> bool {
        self.suppress_ragged_eofs
    }

    /// Off at first: such an end may be an attacker's cut (RFC 8446, section
    /// 6.1).
    pub fn set_suppress_ragged_eofs(&mut self, on: bool) {
        self.suppress_ragged_eofs = on;
    }

    /// Whether sessions are resumed (RFC 8446, section 2.2, RFC 5077).
    pub fn resumption(&self) -> bool {
        self.resumption
    }

    /// On at first.
    pub fn set_resumption(&mut self, on: bool) {
        self.changed().resumption = on;
    }

    /// The rustls configuration of these settings, the same one until they
    /// change.
    pub fn client_config(&self) -> Result<Arc<ClientConfig>, Error> {
        Ok(self.built()?.config)
    }

    /// At least as many bytes as the client's certificates take in a
    /// handshake.
    pub(crate) fn identity_size(&self) -> usize {
        // Each has its length before it, and a record in the worst case.
        let size = |certificate: &CertificateDer<'_>| certificate.len() + record::OVERHEAD;
        let identity = self.identity.as_deref();
        identity.map_or(0, |identity| identity.cert.iter().map(size).sum())
    }

    pub(crate) fn built(&self) -> Result<Built, Error> {
        if let Some(built) = self.built.get() {
            return Ok(built.clone());
        }
        let built = self.build()?;
        Ok(self.built.get_or_init(|| built).clone())
    }

    /// At least as many bytes as [`Session::new`](crate::Session::new)
    /// allocates with these settings, for the first of their sessions or a
    /// later one.
    pub fn reserve(&self) -> usize {
        let names: usize = self.alpn.iter().map(|name| name.len() + 64).sum();
        let ticket = self.built.get().map_or(0, |built| built.sessions.largest());
        let configuration = match self.built.get() {
            Some(_) => 0,
            None => 32 * 1024 + names + self.roots.size(),
        };
        // The names and the ticket are copied and become parts of messages.
        configuration + 64 * 1024 + 8 * (names + ticket)
    }

    /// What the key log may take in a handshake.
    pub(crate) fn key_log_growth(&self) -> usize {
        match self.key_lines {
            Some(_) => keylog::GROWTH,
            None => 0,
        }
    }

    fn build(&self) -> Result<Built, Error> {
        let versions = self.versions();
        let mut provider = provider();
        // What no offered version can use is not offered either.
        provider
            .cipher_suites
            .retain(|suite| versions.contains(&suite.version()));
        let provider = Arc::new(provider);
        let verifier = Arc::new(Verifier {
            roots: self.roots.anchors(),
            added: self.roots.added(),
            algorithms: match self.verify_mode {
                VerifyMode::Required => provider.signature_verification_algorithms,
                VerifyMode::None => SHORT_KEYS,
            },
            remembered: Remembered::default(),
            check_chain: self.verify_mode == VerifyMode::Required,
            check_name: self.check_hostname,
            finding: Mutex::new(None),
        });
        let builder = ClientConfig::builder_with_details(provider, Arc::new(WallClock(self.clock)))
            .with_protocol_versions(versions)
            .map_err(|_| Error::tls("no usable version or cipher suite"))?
            .dangerous()
            .with_custom_certificate_verifier(verifier.clone());
        let mut config = match &self.identity {
            Some(identity) => builder.with_client_cert_resolver(resolver(identity)),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = self.alpn.clone();
        config.enable_sni = self.server_name != ServerName::Omit;
        if let Some(lines) = &self.key_lines {
            config.key_log = lines.clone();
        }
        let sessions = Arc::new(Sessions::default());
        config.resumption = match self.resumption {
            true => Resumption::store(sessions.clone()),
            false => Resumption::disabled(),
        };
        Ok(Built {
            config: Arc::new(config),
            verifier,
            sessions,
        })
    }

    fn versions(&self) -> &'static [&'static SupportedProtocolVersion] {
        match (self.minimum, self.maximum) {
            (Version::Tls12, Version::Tls13) => rustls::ALL_VERSIONS,
            (Version::Tls13, _) => TLS13_ONLY,
            (_, Version::Tls12) => TLS12_ONLY,
        }
    }

    fn changed(&mut self) -> &mut Self {
        self.built.take();
        self
    }
}

static TLS13_ONLY: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];
static TLS12_ONLY: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];

fn resolver(identity: &Arc<CertifiedKey>) -> Arc<dyn ResolvesClientCert> {
    Arc::new(SingleCertAndKey::from(identity.clone()))
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("verify_mode", &self.verify_mode)
            .field("check_hostname", &self.check_hostname)
            .finish_non_exhaustive()
    }
}
