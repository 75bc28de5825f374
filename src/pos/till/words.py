"""Words and formats of what is printed, by language. The screen has its own translations.

Printed language is a setting of the till, not of the cashier: the paper is the customer's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from pos.domain.money import Money
from pos.paper import formats
from pos.till.cashwords import CASH_WORDS
from pos.till.pricewords import PRICES
from pos.till.reportwords import REPORTS
from pos.till.shiftwords import SHIFTS
from pos.till.vocabulary import LIST_WORDS

_WORDS: Final[dict[str, dict[str, str]]] = (
    PRICES
    | REPORTS
    | CASH_WORDS
    | SHIFTS
    | {
        "cash": {
            "en": "Cash",
            "zh_TW": "現金",
            "vi": "Tiền mặt",
            "uk": "Готівка",
            "hu": "Készpénz",
        },
        "card": {
            "en": "Card",
            "zh_TW": "刷卡",
            "vi": "Thẻ",
            "uk": "Картка",
            "hu": "Kártya",
        },
        "voucher": {
            "en": "Voucher",
            "zh_TW": "禮券",
            "vi": "Phiếu quà tặng",
            "uk": "Ваучер",
            "hu": "Utalvány",
        },
        "gift_card": {
            "en": "Gift card",
            "zh_TW": "禮品卡",
            "vi": "Thẻ quà tặng",
            "uk": "Подарункова картка",
            "hu": "Ajándékkártya",
        },
        "package": {
            "en": "Pass",
            "zh_TW": "套票",
            "vi": "Vé trọn gói",
            "uk": "Абонемент",
            "hu": "Bérlet",
        },
        "case_complaint": {
            "en": "Complaint",
            "zh_TW": "客訴",
            "vi": "Khiếu nại",
            "uk": "Скарга",
            "hu": "Panasz",
        },
        "case_request": {
            "en": "Request",
            "zh_TW": "請求",
            "vi": "Yêu cầu",
            "uk": "Звернення",
            "hu": "Kérés",
        },
        "case_number": {
            "en": "Number",
            "zh_TW": "案件編號",
            "vi": "Số",
            "uk": "Номер",
            "hu": "Szám",
        },
        "case_opened": {
            "en": "Received",
            "zh_TW": "受理時間",
            "vi": "Tiếp nhận",
            "uk": "Прийнято",
            "hu": "Felvéve",
        },
        "case_due": {
            "en": "Answer by",
            "zh_TW": "最遲回覆",
            "vi": "Trả lời trước",
            "uk": "Відповідь до",
            "hu": "Válasz eddig",
        },
        "case_sale": {
            "en": "About sale",
            "zh_TW": "相關訂單",
            "vi": "Về giao dịch",
            "uk": "Щодо продажу",
            "hu": "Vásárlás",
        },
        "case_keep": {
            "en": "Please keep this slip and name its number.",
            "zh_TW": "請保留此單並告知編號。",
            "vi": "Vui lòng giữ phiếu này và cho biết số.",
            "uk": "Збережіть цей талон і називайте його номер.",
            "hu": "Kérjük, őrizze meg, és hivatkozzon a számra.",
        },
        "correction": {
            "en": "Tenders corrected",
            "zh_TW": "付款方式更正",
            "vi": "Sửa hình thức trả",
            "uk": "Виправлення оплати",
            "hu": "Fizetési mód javítása",
        },
        "account_paid": {
            "en": "Paid on accounts",
            "zh_TW": "簽帳還款",
            "vi": "Trả vào tài khoản",
            "uk": "Оплата рахунків",
            "hu": "Számlabefizetés",
        },
        "account": {
            "en": "House account",
            "zh_TW": "簽帳帳戶",
            "vi": "Tài khoản nội bộ",
            "uk": "Рахунок клієнта",
            "hu": "Házi számla",
        },
        "card_slip": {
            "en": "Card, slip",
            "zh_TW": "刷卡,單號",
            "vi": "Thẻ, phiếu số",
            "uk": "Картка, чек",
            "hu": "Kártya, bizonylat",
        },
        "foreign": {
            "en": "Foreign cash",
            "zh_TW": "外幣現金",
            "vi": "Tiền mặt ngoại tệ",
            "uk": "Іноземна готівка",
            "hu": "Valuta",
        },
        "mobile": {
            "en": "Mobile payment",
            "zh_TW": "行動支付",
            "vi": "Thanh toán di động",
            "uk": "Мобільний платіж",
            "hu": "Mobilfizetés",
        },
        "left": {
            "en": "{amount} left",
            "zh_TW": "餘額 {amount}",
            "vi": "còn lại {amount}",
            "uk": "залишок {amount}",
            "hu": "egyenleg: {amount}",
        },
        "to_pay": {
            "en": "Total",
            "zh_TW": "合計",
            "vi": "Tổng cộng",
            "uk": "Разом",
            "hu": "Összesen",
        },
        "given": {
            "en": "Given",
            "zh_TW": "收款",
            "vi": "Khách đưa",
            "uk": "Отримано",
            "hu": "Átvett",
        },
        "change": {
            "en": "Change",
            "zh_TW": "找零",
            "vi": "Tiền thối",
            "uk": "Решта",
            "hu": "Visszajáró",
        },
        "evacuation": {
            "en": "Please leave the building",
            "zh_TW": "請離開大樓",
            "vi": "Xin rời khỏi tòa nhà",
            "uk": "Будь ласка, залиште будівлю",
            "hu": "Kérjük, hagyják el az épületet",
        },
        "thanks": {
            "en": "Thank you",
            "zh_TW": "謝謝您",
            "vi": "Xin cảm ơn",
            "uk": "Дякуємо",
            "hu": "Köszönjük",
        },
        "tax": {
            "en": "incl. {rate} % tax",
            "zh_TW": "含稅 {rate}%",
            "vi": "gồm thuế {rate}%",
            "uk": "у т. ч. податок {rate} %",
            "hu": "benne {rate} % adó",
        },
        "fees": {
            "en": "plus {amount} fee",
            "zh_TW": "另加手續費 {amount}",
            "vi": "cộng phí {amount}",
            "uk": "плюс збір {amount}",
            "hu": "plusz {amount} díj",
        },
        "refund_until": {
            "en": "Refund until {at}, fee {fee}.",
            "zh_TW": "退票期限 {at},手續費 {fee}。",
            "vi": "Hoàn vé đến {at}, phí {fee}.",
            "uk": "Повернення до {at}, збір {fee}.",
            "hu": "Visszaváltás eddig: {at}, díja {fee}.",
        },
        "refund_always": {
            "en": "Refund at any time, fee {fee}.",
            "zh_TW": "可隨時退票,手續費 {fee}。",
            "vi": "Hoàn vé bất cứ lúc nào, phí {fee}.",
            "uk": "Повернення будь-коли, збір {fee}.",
            "hu": "Bármikor visszaváltható, díja {fee}.",
        },
        "refund_never": {
            "en": "No refund.",
            "zh_TW": "恕不退票。",
            "vi": "Không hoàn vé.",
            "uk": "Квиток поверненню не підлягає.",
            "hu": "Nem visszaváltható.",
        },
        "refund_past": {
            "en": "No refund any more.",
            "zh_TW": "已逾退票期限。",
            "vi": "Đã hết hạn hoàn vé.",
            "uk": "Термін повернення минув.",
            "hu": "Már nem visszaváltható.",
        },
        "exchange_until": {
            "en": "Exchange until {at}, fee {fee}.",
            "zh_TW": "換票期限 {at},手續費 {fee}。",
            "vi": "Đổi vé đến {at}, phí {fee}.",
            "uk": "Обмін до {at}, збір {fee}.",
            "hu": "Cserélhető eddig: {at}, díja {fee}.",
        },
        "exchange_always": {
            "en": "Exchange at any time, fee {fee}.",
            "zh_TW": "可隨時換票,手續費 {fee}。",
            "vi": "Đổi vé bất cứ lúc nào, phí {fee}.",
            "uk": "Обмін будь-коли, збір {fee}.",
            "hu": "Bármikor cserélhető, díja {fee}.",
        },
        "sale": {
            "en": "Cash sales",
            "zh_TW": "現金銷售",
            "vi": "Bán thu tiền mặt",
            "uk": "Продаж за готівку",
            "hu": "Készpénzes eladás",
        },
        "transfer": {
            "en": "Bank transfer",
            "zh_TW": "銀行轉帳",
            "vi": "Chuyển khoản",
            "uk": "Банківський переказ",
            "hu": "Banki átutalás",
        },
        "refund": {
            "en": "Refund",
            "zh_TW": "退票",
            "vi": "Hoàn vé",
            "uk": "Повернення",
            "hu": "Visszaváltás",
        },
        "exchange": {
            "en": "Exchange",
            "zh_TW": "換票",
            "vi": "Đổi vé",
            "uk": "Обмін",
            "hu": "Csere",
        },
        "void": {
            "en": "Void",
            "zh_TW": "作廢",
            "vi": "Hủy bán",
            "uk": "Анулювання",
            "hu": "Sztornó",
        },
        "paper_ticket": {
            "en": "No. {number} of {count}",
            "zh_TW": "第 {number} 張,共 {count} 張",
            "vi": "Số {number}/{count}",
            "uk": "№ {number} з {count}",
            "hu": "{number}. / {count}",
        },
        "refund_fee": {
            "en": "Refund fee",
            "zh_TW": "退票手續費",
            "vi": "Phí hoàn vé",
            "uk": "Збір за повернення",
            "hu": "Visszaváltási díj",
        },
        "exchange_fee": {
            "en": "Exchange fee",
            "zh_TW": "換票手續費",
            "vi": "Phí đổi vé",
            "uk": "Збір за обмін",
            "hu": "Cseredíj",
        },
        "deposit": {
            "en": "Deposits",
            "zh_TW": "訂金",
            "vi": "Đặt cọc",
            "uk": "Завдатки",
            "hu": "Előlegek",
        },
    }
)


@dataclass(frozen=True)
class Words:
    """Writes for paper in one language, with times in the venue's zone."""

    language: str
    zone: ZoneInfo

    def say(self, word: str, **fields: str) -> str:
        """A word or sentence; a key without a word says itself."""
        forms = _WORDS.get(word) or LIST_WORDS.get(word, {})
        return (forms.get(self.language) or forms.get("en") or word).format(**fields)

    def money(self, amount: Money) -> str:
        """ "€58.00", with the decimals the books keep."""
        return formats.money(self.language, amount)

    def day(self, at: datetime) -> str:
        """ "Fri 3 Dec 2027"."""
        return formats.day(self.language, at.astimezone(self.zone).date())

    def time(self, at: datetime) -> str:
        """ "19:30"."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def moment(self, at: datetime) -> str:
        return formats.moment(self.language, at.astimezone(self.zone))
