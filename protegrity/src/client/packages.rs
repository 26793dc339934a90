//! Resilient packages (reference section 6, lines 3131-3197).

use upstream::{Call, Download, Endpoint, Error, ErrorKind, encode_segment};

use crate::{Api, Fingerprint};

use super::{Authorized, endpoint};

/// Bytes of a package, at most. The reference names no size; this is far above that of a policy.
pub const MAX_PACKAGE: u64 = 256 * 1024 * 1024;

/// `GET /export/{fingerprint}?version=…&coreVersion=…`: which package, in which form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageRequest {
    /// Of the export key: it names the data store and the key that the package is encrypted to.
    pub fingerprint: Fingerprint,
    /// The schema of the package that the protector supports; 1 in the reference's sample.
    pub version: u32,
    /// The schema of the core policy that the protector supports; 1 in the reference's sample.
    pub core_version: u32,
}

impl Authorized {
    /// Exports a resilient package, encrypted to the export key of this fingerprint: the file `rps.json` of the
    /// reference, byte for byte as the cluster sends it, for it must not be modified (reference line 3162). It needs the
    /// permission `workbench_deployment_immutablepackage_export`.
    ///
    /// The fingerprint is part of the path, though the reference calls it a query parameter (row 71). It is sent without
    /// colons, as in the sample; where the cluster does not know it, once more with colons, as the answer of a new key
    /// has it (notes section 9).
    ///
    /// # Errors
    /// Those of every call. The body's own come while it is read: see [`Download`].
    pub async fn export_package(&self, request: &PackageRequest) -> Result<Download, Error> {
        let error = match self.export(request, request.fingerprint.as_str()).await {
            Err(error) if is_unknown(&error) => error,
            result => return result,
        };
        let Some(with_colons) = request.fingerprint.with_colons() else {
            return Err(error);
        };
        match self.export(request, &with_colons).await {
            // The first error names the fingerprint as the caller wrote it.
            Err(second) if is_unknown(&second) => Err(error),
            result => result,
        }
    }

    async fn export(&self, request: &PackageRequest, fingerprint: &str) -> Result<Download, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /rps/export/{fingerprint}");
        let fingerprint = encode_segment(ENDPOINT, "fingerprint", fingerprint)?;
        let call = Call::get(ENDPOINT, format!("{}/export/{fingerprint}", Api::Rps.path()))
            .query(vec![
                ("version", request.version.to_string()),
                ("coreVersion", request.core_version.to_string()),
            ])
            // The sample names this content type though there is no content, and accepts anything.
            .content_type("application/json")
            .accept("*/*");
        self.download(call, MAX_PACKAGE).await
    }
}

/// Whether the cluster says that it does not know the fingerprint, or does not take it.
fn is_unknown(error: &Error) -> bool {
    error.was_sent() && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Rejected)
}
