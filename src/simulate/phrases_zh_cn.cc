#include "simulate/phrases.h"

namespace simulate {
namespace {

using List = std::string_view[];

constexpr List kContent = {"{c}很满意。",      "买的{c}和描述的一样。", "已经是第{n}次回购了。",
                           "质量对得起价格。", "发货快，包装也仔细。",  "送给妈妈的，她特别喜欢。"};
constexpr List kContentDetail = {"几乎每天都在用。", "比以前用了{n}年的那个好。", "颜色尺寸都合适。",
                                 "{n}天就到了。",    "已经推荐给{n}个朋友。",     "家里人都夸好看。"};
constexpr List kContentWish = {"还会再来的。", "这款请别下架。", "希望多出几款这样的{c}。", "双十一再囤一些。"};

constexpr List kProduct = {
    "东西坏了。",       "实物和图片差太多。", "你们{c}的质量越来越差了。", "这次买的{c}让人失望。",
    "一打开味道很冲。", "做工粗糙。"};
constexpr List kProductDetail = {"只用了{n}个星期。",    "第二次用把手就掉了。", "洗了{n}次就像旧的一样。",
                                 "侧面有一道裂纹。",     "比想象的小很多。",     "盖子一直盖不严。",
                                 "{n}件里有两件是碎的。"};
constexpr List kProductWish = {"这个价位不该是这样。", "不敢再买了。", "出厂前能不能检查一下？",
                               "其实给修一下我就满意了。", "后来去实体店买了能摸得到的。"};

constexpr List kService = {"客服根本没人理。",       "售后完全解决不了问题。", "感觉自己在求人。",
                           "一个推一个，没人负责。", "机器人客服答非所问。",   "退个款像打仗一样。"};
constexpr List kServiceDetail = {"我前后问了{n}次。",      "等了{n}天才回第一句话。", "每个人都要我重新报一遍订单号。",
                                 "回复明显是复制粘贴的。", "同一张表填了{n}遍。",     "电话排队{n}0分钟，放弃了。"};
constexpr List kServiceWish = {"哪怕先道个歉也好。", "请安排真人客服。", "所以我换别家了。", "不想再经历一次。",
                               "一两天内回复就行，要求不高。"};

constexpr List kDelivery = {"快递太慢了。",           "什么时候到全靠运气。", "收到的时候东西已经碎了。",
                            "快递直接丢在门口淋雨。", "少发了一半的东西。",   "物流显示签收，可我没收到。"};
constexpr List kDeliveryDetail = {"比承诺的晚了{n}天。",        "箱子一边全压扁了。",
                                  "为了等件请了{n}次假。",      "最后在隔了{n}户的邻居家找到。",
                                  "是生日礼物，生日过了才到。", "剩下的过了{n}个星期才补发。"};
constexpr List kDeliveryWish = {"能不能放驿站或自提点？", "请换一家快递。", "多付几块钱也行，只要准时。",
                                "现在我都去能自提的店买。", "晚了就提前说一声。"};

constexpr List kPrice = {"越来越贵了。",           "这个价格下不了手。",         "运费太劝退了。",
                         "同一款{c}又涨了{n}块。", "我刚买完一个星期就降价了。", "{c}不值这个价。"};
constexpr List kPriceDetail = {"今年手头紧。", "楼下同样的便宜{n}块。", "加上邮费快翻倍了。", "现在只在大促的时候买。",
                               "什么都在涨。"};
constexpr List kPriceWish = {"出个小规格吧。", "有诚意的优惠我会回来。", "老客户是不是该有点待遇？",
                             "打折的时候告诉我一声。", "包邮门槛低一点就行。"};

constexpr List kCompetitor = {"换别家了。", "{c}现在都在别处买。", "朋友推荐了一家，更合我意。", "小区超市也有卖了。",
                              "现在都在大平台上一起买。"};
constexpr List kCompetitorDetail = {"他们次日就到。", "那边选择多。", "走路{n}分钟就到。", "退货不用问理由。",
                                    "反正那边有会员。"};
constexpr List kCompetitorWish = {"你们也没什么不好。", "要是能次日达我会再考虑。", "得有点别家没有的东西。",
                                  "人家的App记得我买过什么，你们的不记得。"};

constexpr List kNoOccasion = {"最近用不上。", "{c}家里还有。", "说实话，忘了你们了。", "暂时什么都不缺。",
                              "没有特别的原因。"};
constexpr List kNoOccasionDetail = {"柜子里还剩{n}个。", "这阵子太忙。", "一般过年前才买。", "出差了{n}个星期。",
                                    "上次买的还好好的。"};
constexpr List kNoOccasionWish = {"秋天再提醒我吧。", "以后应该还会来。", "偶尔提醒一下没关系。", "哪天用完了再来。"};

constexpr List kNothingNew = {"逛来逛去就这些。", "一直没有上新。", "{n}个月了款式都没变。", "我喜欢的那款下架了。",
                              "想买的{c}总是没货。"};
constexpr List kNothingNewDetail = {"想要的{c}差不多都有了。", "首页跟去年一个样。", "看了{n}次都空手走了。",
                                    "每季都是同样的颜色。"};
constexpr List kNothingNewWish = {"有新品告诉我。", "把老款带回来吧。", "找设计师联名一次嘛。",
                                  "真的有新东西再通知我。"};

constexpr List kMessages = {"信息发得太多了。", "天天给我推送。", "看到你们的短信就烦。", "每天都是“最后一天”。",
                            "邮箱里全是你们。"};
constexpr List kMessagesDetail = {"一个星期{n}条。", "刚下完单就说好久不见。", "没有一条跟我买的有关。",
                                  "退订了{n}次还在发。", "标题全是感叹号。"};
constexpr List kMessagesWish = {"一个月一次就够了。", "让我自己选频率。", "请别再发了。", "只发跟订单有关的就好。"};

constexpr List kNeedEnded = {"以后用不到了。",   "要出国了。", "当时是给父母装修用的，已经弄完了。",
                             "孩子上大学去了。", "戒咖啡了。", "之前开的小店关了。"};
constexpr List kNeedEndedDetail = {"好好用了{n}年。", "家里只剩两个人。", "厨房都配齐了。", "新家放不下{c}。"};
constexpr List kNeedEndedWish = {"谢谢一直以来的照顾。", "请帮我注销账号。", "已经推荐给同事了。", "祝你们生意兴隆。"};

constexpr List kSurvey = {"你们问为什么不买了：", "既然问了就说说。", "谢谢关心。", "说实话，", "原因很简单。"};
constexpr List kNps = {"关于打分：", "为什么打这个分？", "一句话：", "真实感受。"};
constexpr List kTicket = {"你好，", "您好，", "客服在吗？", "早上好，", "我的订单有问题。"};
constexpr List kReview = {"春天买的。", "第二次下单。", "用了{n}个星期来评价：", "刚收到。", "平时很少写评价。"};
constexpr List kClosing = {"谢谢。", "就这些。", "希望有帮助。", "看着办吧。", "辛苦了。", "祝好。"};

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

const Phrases& simplified_phrases() { return kPhrases; }

}  // namespace simulate
