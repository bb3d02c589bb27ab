#include "simulate/phrases.h"

namespace simulate {
namespace {

using List = std::string_view[];

constexpr List kContent = {"{c}很滿意。",      "買到的{c}跟描述一樣。",  "已經回購第{n}次了。",
                           "品質對得起價格。", "出貨快，包裝也很用心。", "送媽媽的，她超喜歡。"};
constexpr List kContentDetail = {"幾乎天天在用。", "比之前用了{n}年的那個好。", "顏色尺寸都剛好。",
                                 "{n}天就到貨。",  "已經推薦給{n}個朋友。",     "家人都說好看。"};
constexpr List kContentWish = {"還會再來。", "這款拜託不要停產。", "希望多出幾款這樣的{c}。", "週年慶再來補貨。"};

constexpr List kProduct = {"東西壞掉了。",          "實品跟照片落差很大。", "你們{c}的品質越來越差。",
                           "這次買的{c}讓人失望。", "一打開味道很重。",     "做工很粗糙。"};
constexpr List kProductDetail = {"才用了{n}個禮拜。",    "第二次用把手就掉了。", "洗{n}次就變得很舊。",
                                 "側邊有一道裂痕。",     "比想像中小很多。",     "蓋子一直蓋不緊。",
                                 "{n}件裡面有兩件缺角。"};
constexpr List kProductWish = {"這個價位不該這樣。", "不敢再買了。", "出貨前可以檢查一下嗎？", "其實幫我修好就可以了。",
                               "後來去門市買摸得到的。"};

constexpr List kService = {"客服完全沒有回應。",       "售後幫不上忙。",       "感覺像在拜託別人。",
                           "一個推給一個，沒人負責。", "機器人客服答非所問。", "退個款超級麻煩。"};
constexpr List kServiceDetail = {
    "我問了{n}次。",          "等了{n}天才有第一封回信。", "每個人都要我再報一次訂單編號。",
    "回信一看就是複製貼上。", "同一張表單填了{n}遍。",     "電話等了{n}0分鐘，放棄。"};
constexpr List kServiceWish = {"先道個歉也好。", "請安排真人客服。", "所以我換別家了。", "不想再來一次。",
                               "一兩天內回覆就好，要求不高。"};

constexpr List kDelivery = {"宅配太慢了。",           "什麼時候到完全看運氣。", "收到的時候東西已經破了。",
                            "包裹直接丟在門口淋雨。", "少寄了一半。",           "系統顯示已送達，可是我沒收到。"};
constexpr List kDeliveryDetail = {"比說好的晚了{n}天。",        "箱子一邊都壓扁了。",
                                  "為了等包裹請了{n}次假。",    "最後在隔{n}戶的鄰居家找到。",
                                  "是生日禮物，生日過了才到。", "剩下的過了{n}個禮拜才補寄。"};
constexpr List kDeliveryWish = {"可以超商取貨嗎？", "請換一家物流。", "多付一點也行，準時就好。",
                                "現在我都跟可以自取的店買。", "晚了請先通知一聲。"};

constexpr List kPrice = {"越來越貴了。",           "這個價格買不下手。",       "運費太高。",
                         "同一款{c}又漲了{n}塊。", "我才買完一個禮拜就降價。", "{c}不值這個價錢。"};
constexpr List kPriceDetail = {"今年手頭比較緊。", "巷口一樣的便宜{n}塊。", "加上運費快兩倍。", "現在只在週年慶買。",
                               "什麼都在漲。"};
constexpr List kPriceWish = {"可以出小包裝嗎？", "有誠意的優惠我會回來。", "老客人是不是該有點優待？",
                             "特價的時候告訴我。", "免運門檻低一點就好。"};

constexpr List kCompetitor = {"換別家了。", "{c}現在都在別的地方買。", "朋友介紹一家，我比較喜歡。",
                              "附近超市也有賣了。", "現在都在大平台一起買。"};
constexpr List kCompetitorDetail = {"他們隔天就到。", "那邊選擇比較多。", "走路{n}分鐘就到。", "退貨不用問理由。",
                                    "反正那邊有會員。"};
constexpr List kCompetitorWish = {"你們也沒有不好。", "如果能隔日到我會再考慮。", "要有別家沒有的東西。",
                                  "別人的App記得我買過什麼，你們的不記得。"};

constexpr List kNoOccasion = {"最近用不到。", "{c}家裡還有。", "老實說，忘記你們了。", "暫時什麼都不缺。",
                              "沒有特別的原因。"};
constexpr List kNoOccasionDetail = {"櫃子裡還有{n}個。", "這陣子太忙。", "通常過年前才買。", "出差了{n}個禮拜。",
                                    "上次買的還好好的。"};
constexpr List kNoOccasionWish = {"秋天再提醒我。", "以後應該還會來。", "偶爾提醒一下沒關係。", "用完了再來。"};

constexpr List kNothingNew = {"逛來逛去都一樣。", "一直沒有新品。", "{n}個月都沒換款式。", "我喜歡的那款停產了。",
                              "想買的{c}總是缺貨。"};
constexpr List kNothingNewDetail = {"想要的{c}差不多都有了。", "首頁跟去年一樣。", "看了{n}次都空手離開。",
                                    "每一季都是同樣的顏色。"};
constexpr List kNothingNewWish = {"有新品再告訴我。", "把舊款帶回來吧。", "跟設計師聯名一次嘛。",
                                  "真的有新東西再通知。"};

constexpr List kMessages = {"訊息太多了。", "天天推播。", "看到你們的簡訊就煩。", "每天都是「最後一天」。",
                            "信箱裡都是你們。"};
constexpr List kMessagesDetail = {"一個禮拜{n}則。", "才剛下單就說好久不見。", "沒有一則跟我買的有關。",
                                  "取消訂閱{n}次還在寄。", "標題全是驚嘆號。"};
constexpr List kMessagesWish = {"一個月一次就夠了。", "讓我自己選頻率。", "請不要再寄了。", "只寄跟訂單有關的就好。"};

constexpr List kNeedEnded = {"以後用不到了。",     "要搬去國外了。", "當初是幫爸媽佈置新家，已經完成了。",
                             "小孩去外地念書了。", "戒咖啡了。",     "之前開的小店收了。"};
constexpr List kNeedEndedDetail = {"好好用了{n}年。", "家裡只剩兩個人。", "廚房都齊了。", "新家放不下{c}。"};
constexpr List kNeedEndedWish = {"謝謝一直以來的照顧。", "請幫我刪除帳號。", "已經推薦給同事了。", "祝生意興隆。"};

constexpr List kSurvey = {"你們問為什麼不買了：", "既然問了就說說。", "謝謝關心。", "老實說，", "原因很簡單。"};
constexpr List kNps = {"關於分數：", "為什麼給這個分數？", "一句話：", "真實感受。"};
constexpr List kTicket = {"你好，", "您好，", "請問客服在嗎？", "早安，", "我的訂單有問題。"};
constexpr List kReview = {"春天買的。", "第二次下單。", "用了{n}個禮拜來評價：", "剛收到。", "平常很少寫評價。"};
constexpr List kClosing = {"謝謝。", "就這樣。", "希望有幫助。", "看著辦吧。", "辛苦了。", "祝順心。"};

constexpr Phrases kPhrases = {{TopicPhrases{kContent, kContentDetail, kContentWish},
                               {kProduct, kProductDetail, kProductWish},
                               {kService, kServiceDetail, kServiceWish},
                               {kDelivery, kDeliveryDetail, kDeliveryWish},
                               {kPrice, kPriceDetail, kPriceWish},
                               {kCompetitor, kCompetitorDetail, kCompetitorWish},
                               {kNoOccasion, kNoOccasionDetail, kNoOccasionWish},
                               {kNothingNew, kNothingNewDetail, kNothingNewWish},
                               {kMessages, kMessagesDetail, kMessagesWish},
                               {kNeedEnded, kNeedEndedDetail, kNeedEndedWish}},
                              {kSurvey, kNps, kTicket, kReview},
                              kClosing,
                              ""};

}  // namespace

const Phrases& traditional_phrases() { return kPhrases; }

}  // namespace simulate
