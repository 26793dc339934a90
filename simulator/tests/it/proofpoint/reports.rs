//! Reporting, statistics, billing and products.

use super::{ADMIN, Essentials, PARTNER, check_error};
use serde_json::{Value, json};

#[tokio::test]
async fn a_report_adds_up() {
    let essentials = Essentials::start().await;
    for (period, frequency, steps) in [("1d", "1h", 24), ("7d", "24hr", 7), ("30d", "24hr", 30)] {
        let path = format!("/reporting/example.com/{period}");
        let report = essentials.read(ADMIN, &path).await;
        assert_eq!(
            (&report["period"], &report["frequency"]),
            (&json!(period), &json!(frequency))
        );
        for direction in ["inbound", "outbound"] {
            let metrics = report[direction].as_object().unwrap();
            for (name, total) in metrics.iter().filter(|(name, _)| name.ends_with("_total")) {
                let series = metrics[name.trim_end_matches("_total")].as_object().unwrap();
                let sum: u64 = series.values().map(|count| count.as_u64().unwrap()).sum();
                assert_eq!((series.len(), total.as_u64()), (steps, Some(sum)), "{name}");
                assert!(series.keys().all(|second| second.parse::<u64>().is_ok()));
            }
            assert!(metrics["clean_total"].as_u64() > Some(0));
            let one = essentials.read(ADMIN, &format!("{path}/{direction}")).await;
            assert_eq!(one[direction], report[direction]);
            assert_eq!(one.as_object().unwrap().len(), 3);
        }
    }
    for (path, identifier) in [("90d", "90d"), ("daily", "daily"), ("7d/sideways", "sideways")] {
        let answer = essentials
            .get(ADMIN, &format!("/reporting/example.com/{path}"))
            .await;
        check_error(&answer, 400, identifier);
    }
}

#[tokio::test]
async fn statistics_come_in_pages_with_absolute_links() {
    let essentials = Essentials::start().await;
    let path = "/stats/msp.example/partner/orgs";
    let all = essentials.read(PARTNER, path).await;
    let total = all["data"].as_array().unwrap().len();
    assert_eq!(
        (&all["total"], &all["per_page"], &all["last_page"]),
        (&json!(total), &json!(1000), &json!(1))
    );
    assert_eq!(all.get("next_page_url"), None);
    let mut rows = Vec::new();
    for page in 1..=total.div_ceil(4) {
        let answer = essentials
            .read(PARTNER, &format!("{path}?page_size=4&page={page}"))
            .await;
        let data = answer["data"].as_array().unwrap();
        assert_eq!(answer["from"], json!(rows.len() + 1));
        rows.extend(data.iter().cloned());
        assert_eq!(answer["to"], json!(rows.len()));
        if page == 1 {
            let next = "https://us1.proofpointessentials.com/api/v1/stats/msp.example/partner/orgs?page=2";
            assert_eq!(answer["next_page_url"], next);
        }
    }
    assert_eq!(json!(rows), all["data"]);
    let beyond = essentials.read(PARTNER, &format!("{path}?page=9")).await;
    assert_eq!(beyond["data"], json!([]));
    for query in [
        "page=0",
        "page=x",
        "page_size=0",
        "page_size=50001",
        "format=yaml",
    ] {
        let identifier = query.split_once('=').unwrap().1;
        check_error(
            &essentials.get(PARTNER, &format!("{path}?{query}")).await,
            400,
            identifier,
        );
    }
}

#[tokio::test]
async fn statistics_have_two_formats_with_the_same_counts() {
    let essentials = Essentials::start().await;
    let path = "/stats/example.com/partner";
    let one = |answer: Value| answer["data"][0].clone();
    let by_metric = one(essentials.read(ADMIN, path).await);
    let by_period = one(essentials.read(ADMIN, &format!("{path}?format=byperiod")).await);
    for period in ["count_1d", "count_7d", "count_30d", "count_90d"] {
        for metric in ["ib_total", "ob_total", "ib_blocked", "active_users", "ob_enc"] {
            assert!(by_metric[metric][period].is_u64(), "{metric} {period}");
            assert_eq!(by_metric[metric][period], by_period[period][metric]);
        }
    }
    assert!(by_metric["ib_total"]["count_90d"].as_u64() > by_metric["ib_total"]["count_30d"].as_u64());
}

#[tokio::test]
async fn billing_has_each_organization_once() {
    let essentials = Essentials::start().await;
    let rows = essentials.read(PARTNER, "/billing/msp.example/orgs").await;
    let orgs = essentials.read(PARTNER, "/orgs/msp.example/orgs").await;
    let (rows, orgs) = (rows.as_array().unwrap(), orgs.as_array().unwrap());
    assert_eq!(rows.len(), orgs.len());
    for (row, org) in rows.iter().zip(orgs) {
        for (billed, shown) in [
            ("eid", "eid"),
            ("name", "name"),
            ("confirmed_users", "user_licenses"),
            ("active_users", "active_users"),
            ("when_renewal", "when_renewal"),
            ("licensing_package", "licensing_package"),
            ("external_id", "external_id"),
        ] {
            assert_eq!(row[billed], org[shown], "{billed}");
        }
        let one = essentials
            .read(
                PARTNER,
                &format!("/billing/{}", row["primary_domain"].as_str().unwrap()),
            )
            .await;
        assert_eq!(one, json!([row]));
    }
    let example = rows
        .iter()
        .find(|row| row["primary_domain"] == "example.com")
        .unwrap();
    assert_eq!(example["non_billable_users"], 1);
}

#[tokio::test]
async fn products_are_read_by_label() {
    let essentials = Essentials::start().await;
    let products = essentials.read(ADMIN, "/orgs/example.com/products").await;
    for product in products.as_array().unwrap() {
        let path = format!(
            "/orgs/example.com/products/{}",
            product["label"].as_str().unwrap()
        );
        assert_eq!(essentials.read(ADMIN, &path).await, *product);
    }
    assert_eq!(products[1]["purchase_info"], Value::Null);
}
