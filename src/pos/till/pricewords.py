"""What is printed of prices and articles, by language."""

from __future__ import annotations

from typing import Final

PRICES: Final[dict[str, dict[str, str]]] = {
    "group_free": {
        "en": "Free in the group",
        "zh_TW": "團體免費",
        "vi": "Miễn phí theo nhóm",
        "uk": "Безкоштовно у групі",
        "hu": "Csoportban ingyenes",
    },
    "price_set": {
        "en": "price set, was {was}",
        "zh_TW": "改價,原價 {was}",
        "vi": "giá đã đổi, trước là {was}",
        "uk": "ціну змінено, було {was}",
        "hu": "módosított ár, volt: {was}",
    },
    "comp": {
        "en": "complimentary",
        "zh_TW": "招待票",
        "vi": "vé mời",
        "uk": "запрошення",
        "hu": "tiszteletjegy",
    },
    "companion": {
        "en": "companion, free",
        "zh_TW": "陪同免費",
        "vi": "người đi kèm, miễn phí",
        "uk": "супровід, безкоштовно",
        "hu": "kísérő, ingyenes",
    },
    "donation": {
        "en": "Donation",
        "zh_TW": "捐款",
        "vi": "Quyên góp",
        "uk": "Пожертва",
        "hu": "Adomány",
    },
    "products": {
        "en": "Products and donations",
        "zh_TW": "商品與捐款",
        "vi": "Sản phẩm và quyên góp",
        "uk": "Товари й пожертви",
        "hu": "Termékek és adományok",
    },
    "prices": {
        "en": "Prices",
        "zh_TW": "票價",
        "vi": "Giá vé",
        "uk": "Ціни",
        "hu": "Árak",
    },
    "promotions": {
        "en": "Promotions",
        "zh_TW": "優惠折扣",
        "vi": "Khuyến mãi",
        "uk": "Знижки за акціями",
        "hu": "Akciók",
    },
    "overrides": {
        "en": "Prices set by hand",
        "zh_TW": "人工改價",
        "vi": "Giá đổi thủ công",
        "uk": "Змінені ціни",
        "hu": "Kézi árak",
    },
    "comps": {
        "en": "Complimentary tickets",
        "zh_TW": "招待票數",
        "vi": "Số vé mời",
        "uk": "Запрошень",
        "hu": "Tiszteletjegyek",
    },
}
