//! Products, which are read only.

use upstream::{Endpoint, Error, encode_segment};

use super::{Authorized, endpoint, object, path::organization_path};
use crate::{DomainName, Product, ProductLabel};

impl Authorized {
    /// What an organisation has bought and could buy, `GET /orgs/{domain}/products`.
    pub async fn products(&self, organization: &DomainName) -> Result<Vec<Product>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/products");
        let path = organization_path(ENDPOINT, organization, "/products")?;
        self.get(ENDPOINT, path).await?.list("products")
    }

    /// One product, `GET /orgs/{domain}/products/{label}`.
    pub async fn product(&self, organization: &DomainName, label: &ProductLabel) -> Result<Product, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/products/{label}");
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if !label.as_str().chars().all(is_plain) {
            return Err(Error::refused(
                ENDPOINT,
                "the product's label has other characters than letters, digits, - and _",
            ));
        }
        let label = encode_segment(ENDPOINT, "product's label", label)?;
        let path = organization_path(ENDPOINT, organization, &format!("/products/{label}"))?;
        let answer = self.get(ENDPOINT, path).await?;
        let product: Product = object(&answer, "product")?;
        if product.label.is_empty() {
            return Err(answer.unreadable("the answer is no product"));
        }
        Ok(product)
    }
}
