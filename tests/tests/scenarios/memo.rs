//! A message of the farm's people to a maker.

use serde_json::json;

use crate::shop::{Opening, Shop};

impl Shop {
    /// Waits until the maker sees this message, and no other.
    async fn has_memo(&self, text: &str) {
        self.until("the maker sees the message", async || {
            let memos = self.agent.status().await?.memos;
            Ok((memos.len() == 1 && memos[0].text == text).then_some(()))
        })
        .await;
    }
}

#[tokio::test]
async fn a_message_reaches_its_maker_and_the_farm_sees_that_it_was_read() {
    let mut shop = Shop::open(Opening::default()).await;
    let first = async || Ok(shop.coordinator.printers().await?.into_iter().next());
    let agent = shop.until("the farm knows the printer", first).await.agent;
    let text = "Merci ! Could you print ten more by Friday?";
    let path = format!("/agents/{agent}/memos");
    let (status, _) = shop.coordinator.post(&path, &json!({ "text": text })).await.unwrap();
    assert_eq!(status, 204);
    shop.has_memo(text).await;
    shop.agent.kill().await.unwrap();
    shop.agent.start().await.unwrap();
    shop.has_memo(text).await;
    assert_eq!(shop.coordinator.memos().await.unwrap()[0].read, None);

    shop.agent.read().await.unwrap();
    assert_eq!(shop.agent.status().await.unwrap().memos, []);
    shop.until("the farm sees that it was read", async || {
        let memos = shop.coordinator.memos().await?;
        Ok(memos[0].read.map(drop))
    })
    .await;
    assert!(shop.coordinator.anomalies().await.unwrap().is_empty());
}
