//! Counts of mail, which are read only.

use upstream::{Call, Endpoint, Error, load_all};

use super::{Authorized, endpoint, object, path::segment};
use crate::{Direction, DomainName, PartnerStats, Report, ReportPeriod, StatsScope};

impl Authorized {
    /// How much mail an organisation had, in both directions or in one, `GET /reporting/{domain}/{period}` and `GET
    /// /reporting/{domain}/{period}/{direction}`.
    pub async fn report(
        &self,
        organization: &DomainName,
        period: ReportPeriod,
        direction: Option<Direction>,
    ) -> Result<Report, Error> {
        const BOTH: Endpoint = endpoint("GET /reporting/{domain}/{period}");
        const ONE: Endpoint = endpoint("GET /reporting/{domain}/{period}/{direction}");
        let (endpoint, direction) = match direction {
            None => (BOTH, String::new()),
            Some(direction) => (ONE, format!("/{}", direction.as_str())),
        };
        let organization = segment(endpoint, organization)?;
        let path = format!("/reporting/{organization}/{}{direction}", period.as_str());
        object(&self.get(endpoint, path).await?, "report")
    }

    /// Counts of an organisation, or of it and its children, `GET /stats/{domain}/partner` and `GET
    /// /stats/{domain}/partner/orgs`. Page after page is asked for by its number: the answer's links are not followed.
    pub async fn partner_stats(
        &self,
        organization: &DomainName,
        scope: StatsScope,
    ) -> Result<Vec<PartnerStats>, Error> {
        const OWN: Endpoint = endpoint("GET /stats/{domain}/partner");
        const WITH_CHILDREN: Endpoint = endpoint("GET /stats/{domain}/partner/orgs");
        let (endpoint, rest) = match scope {
            StatsScope::Own => (OWN, ""),
            StatsScope::WithChildren => (WITH_CHILDREN, "/orgs"),
        };
        let path = format!("/stats/{}/partner{rest}", segment(endpoint, organization)?);
        let page = async |first: u32, size: u32| {
            let query = vec![
                ("format", "bymetric".to_owned()),
                ("page", (first / size + 1).to_string()),
                ("page_size", size.to_string()),
            ];
            let call = Call::get(endpoint, path.clone()).query(query);
            self.send(call).await?.list::<PartnerStats>("data")
        };
        load_all(page, |row| row.id.clone(), |row| row, |_| false).await
    }
}
