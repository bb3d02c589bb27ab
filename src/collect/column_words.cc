#include "collect/column_words.h"

namespace collect {
namespace {

constexpr HeadingWords kWords[] = {
    {Role::order_id, "o",
     "orderid orderno ordernumber ordernum orderreference invoiceno invoicenumber invoice invoiceid transactionid "
     "transactionno receiptno receiptid receipt ticketid orderref order salesorder basketid "
     "订单编号 订单号 订单id 主订单编号 主订单号 交易号 交易编号 单号 流水号 销售单号 小票号 子订单所属订单号"},
    {Role::line_id, "o",
     "lineid lineitemid orderlineid orderitemid itemid itemno linenumber lineno suborderid transactionlineid "
     "子订单编号 子订单号 明细编号 行号 明细id"},
    {Role::customer_id, "ocenftl",
     "customerid customerno customernumber customer custid cust clientid client userid user memberid member "
     "buyerid buyer accountid contactid personid shopperid visitorid householdkey "
     "会员号 会员编号 会员id 客户编号 客户号 客户id 客户 用户id 用户编号 用户 买家id 买家会员名 买家昵称 买家 会员名 "
     "会员 顾客编号 顾客id openid"},
    {Role::customer_email, "ocenftl",
     "email emailaddress customeremail billingemail emailbilling mail contactemail useremail 邮箱 电子邮箱 "
     "邮箱地址 电子邮件 买家邮箱 客户邮箱 e邮箱"},
    {Role::customer_phone, "ocenftl",
     "phone phonenumber mobile mobilephone mobilenumber telephone tel customerphone billingphone phonebilling "
     "手机 手机号 手机号码 联系手机 买家手机 买家手机号 联系电话 电话 电话号码 收货人手机号 收货人手机 "
     "收货人手机号提货人手机号 "
     "收货人电话 会员手机号 客户手机号"},
    {Role::customer_wechat, "c", "wechat wechatopenid wechatid weixin 微信 微信号 微信openid"},
    {Role::customer_name, "oc",
     "customername fullname contactname buyername billingname firstnamebilling firstname name 姓名 客户姓名 "
     "客户名称 会员姓名 买家姓名 收货人姓名 收货人 收货人提货人 称呼"},
    {Role::ordered_at, "o",
     "orderedat orderdate orderdatetime ordertime ordercreatedat createdat datecreated purchasedate purchasedat "
     "purchasetime invoicedate transactiondate transactiontime saledate saletime processedat datetime timestamp "
     "date time day 下单时间 订单创建时间 下单日期 订单时间 订单日期 创建时间 交易时间 交易日期 购买时间 购买日期 "
     "成交时间 销售日期 日期 时间"},
    {Role::paid_at, "o",
     "paidat paiddate datepaid paymentdate paymenttime 付款时间 订单付款时间 支付时间 买家付款时间"},
    {Role::cancelled_at, "o", "cancelledat canceledat cancellationdate 取消时间 订单取消时间"},
    {Role::sku, "op",
     "sku lineitemsku itemsku productsku stockcode productcode itemcode productid articleno articlenumber upc ean asin "
     "merchantcode variantsku 商家编码 规格编码 商品规格编码 商品编码 商品编号 货号 商品货号 商品id 条码 产品编码 "
     "产品编号 sku编码 skuid 外部系统编号"},
    {Role::product, "op",
     "product productname lineitemname itemname itemtitle producttitle title description productdescription item "
     "items goods goodsname 商品名称 宝贝标题 宝贝名称 商品标题 商品名 商品 标题 产品名称 产品 品名 全部商品名称"},
    {Role::product, "p", "name 名称"},
    {Role::category, "op",
     "category productcategory productcategories categories producttype department collection itemcategory "
     "类目 商品类目 分类 商品分类 品类 商品类别 类别 产品类别 宝贝种类"},
    {Role::quantity, "o",
     "quantity qty lineitemquantity itemquantity orderedquantity units unitssold count pieces cds pcs 数量 "
     "商品数量 购买数量 宝贝总数量 件数 销量 商品件数"},
    {Role::unit_price, "o",
     "unitprice price lineitemprice itemprice itemcost productprice sellingprice saleprice 单价 商品单价 价格 "
     "商品价格 销售单价 成交单价 售价"},
    {Role::amount, "o",
     "amount lineamount linetotal lineitemtotal itemtotal extendedprice netamount salesamount lineprice subtotal "
     "dollarvalue value revenue sales spend dollars itemsubtotal 商品金额合计 商品实付金额 商品实际成交金额 实付金额 "
     "金额 商品金额 销售额 销售金额 成交金额 小计 消费金额 商品小计"},
    {Role::discount, "o", "discount lineitemdiscount itemdiscount linediscount 商品优惠 单品优惠 折扣金额 行优惠"},
    {Role::order_discount, "o",
     "discountamount orderdiscount cartdiscount cartdiscountamount discounttotal orderdiscountamount "
     "订单优惠金额 店铺优惠合计 店铺优惠 优惠金额 订单优惠"},
    {Role::order_total, "o",
     "total ordertotal ordertotalamount grandtotal totalprice totalamount ordervalue orderamount totalpaid "
     "买家实际支付金额 订单实付金额 实收款 订单总金额 订单金额 实付款 总金额 应收订单金额 合计 买家应付货款"},
    {Role::refunded, "o",
     "refundedamount refundamount totalrefunded refunded orderrefundamount amountrefunded 退款金额 已退款金额 "
     "订单已退款金额 "
     "订单退款金额"},
    {Role::currency, "os", "currency currencycode ordercurrency 币种 币别 货币 结算币种 货币代码"},
    {Role::status, "o",
     "status orderstatus financialstatus paymentstatus state 订单状态 状态 交易状态 付款状态 退款状态"},
    {Role::channel, "os",
     "channel saleschannel source ordersource utmsource platform medium 渠道 订单来源 来源 销售渠道 下单渠道 平台 "
     "投放渠道"},
    {Role::country, "oc",
     "country countrycode billingcountry shippingcountry countrybilling countryname countryregion 国家 国家地区 "
     "收货国家"},
    {Role::coupon, "o",
     "coupon couponcode discountcode coupons couponscode promocode vouchercode 优惠券 优惠码 优惠券码 优惠券编号 "
     "优惠券名称"},
    {Role::joined_at, "c",
     "joinedat joindate joined signupdate signedupat registeredat registrationdate createdat datecreated customersince "
     "firstseen 注册时间 注册日期 入会时间 入会日期 成为客户时间 创建时间 加入时间"},
    {Role::birthday, "c", "birthday birthdate dateofbirth dob 生日 出生日期 出生年月日"},
    {Role::city, "c", "city billingcity town 城市 市 所在城市"},
    {Role::language, "cftl", "language locale lang 语言"},
    {Role::tags, "cp", "tags tag labels 标签 客户标签 会员标签 用户标签"},
    {Role::accepts_email, "c",
     "acceptsemailmarketing acceptsmarketing emailoptin optin emailconsent subscribed newsletter emailsubscribed "
     "接受邮件营销 邮件订阅 是否订阅邮件"},
    {Role::accepts_sms, "c", "acceptssmsmarketing smsoptin smsconsent 接受短信营销 短信订阅 是否接受短信"},
    {Role::price, "p",
     "price regularprice unitprice saleprice listprice variantprice msrp 价格 售价 单价 零售价 销售价"},
    {Role::cost, "p", "cost costperitem unitcost purchaseprice costprice cogs 成本 成本价 进价 采购价"},
    {Role::stock, "p",
     "stock inventory quantity qty onhand stockquantity variantinventoryqty available 库存 库存数量 库存量 可售库存"},
    {Role::rating, "p", "rating averagerating score stars 评分 平均评分 好评率"},
    {Role::occurred_at, "e",
     "occurredat timestamp eventtime eventtimestamp originaltimestamp time date datetime createdat sentat receivedat "
     "发生时间 事件时间 时间 日期 访问时间"},
    {Role::type, "e", "event eventname eventtype type action activity 事件 事件名称 事件类型 类型 行为 行为类型"},
    {Role::event_id, "e", "eventid messageid id uuid 事件id 事件编号"},
    {Role::sku, "e", "sku propertiessku productid propertiesproductid itemid 商品编码 商品id 货号"},
    {Role::day, "s", "day date spenddate week month period 日期 日 投放日期 时间"},
    {Role::purpose, "s", "purpose objective goal type campaigntype 目的 用途 类型 投放目的"},
    {Role::amount, "s", "amount spend cost spent amountspent spending budget 金额 花费 消耗 费用 投放金额 支出"},
    {Role::new_customers, "s",
     "newcustomers newcustomer acquired customersacquired firsttimecustomers 新客数 新客 新增客户 新增客户数 拉新人数"},
    {Role::channel, "n", "channel channels medium via type 渠道 通道 方式 联系方式"},
    {Role::topic, "n", "topic list subject category purpose listname 主题 用途 内容 列表 类别"},
    {Role::state, "n",
     "state status consent granted subscribed optin answer decision 状态 同意 是否同意 是否订阅 订阅 订阅状态 同意状态 授权状态"},
    {Role::valid_from, "n",
     "validfrom since from consentedat consentdate optindate date at time timestamp updatedat changedat 生效时间 生效日期 同意时间 "
     "日期 时间 更新时间"},
    {Role::origin, "n", "source origin form collectedby 来源 收集渠道 出处"},
    {Role::proof, "n", "proof evidence reference document textversion 凭证 证据 证明 依据"},
    {Role::code, "rd",
     "code couponcode coupon vouchercode voucher promocode discountcode giftcode 优惠码 优惠券码 优惠券 券码 兑换码 折扣码 码"},
    {Role::order_id, "r", "orderid orderno ordernumber order invoice 订单编号 订单号 订单id 单号"},
    {Role::amount, "r", "amount discountamount cost discount value 金额 优惠金额 抵扣金额 折扣金额"},
    {Role::redeemed_at, "r",
     "at redeemedat usedat time date timestamp orderedat orderdate 兑换时间 使用时间 核销时间 时间 日期"},
    {Role::occurred_at, "f",
     "saidat receivedat occurredat writtenat answeredat submittedat createdat time timestamp date datetime reviewdate reviewtime "
     "时间 日期 提交时间 评价时间 评论时间 反馈时间 创建时间"},
    {Role::type, "f", "kind type occasion source feedbacktype channel form 类型 来源 反馈类型 渠道"},
    {Role::feedback_id, "f",
     "feedbackid id reviewid ticketid answerid responseid commentid surveyresponseid 反馈编号 反馈id 评论id 评价id 工单号 "
     "工单编号 编号"},
    {Role::score, "f", "score rating stars nps npsscore star 评分 星级 分数 打分"},
    {Role::reason, "f",
     "reason leavingreason leftreason whyleft cancelreason cancellationreason choice answerchoice 原因 流失原因 离开原因 "
     "取消原因 选项"},
    {Role::text, "f",
     "text comment comments message body content review reviewtext answer feedback verbatim words description "
     "内容 评论 评价 留言 反馈 意见 评论内容 评价内容 反馈内容 工单内容 描述"},
    {Role::order_id, "f", "orderid orderno ordernumber order 订单编号 订单号 订单id"},
    {Role::sku, "f", "sku productid itemid 商品编码 商品id 货号"},
    {Role::customer_email, "tl", "requesteremail requester calleremail 请求者邮箱 来电邮箱"},
    {Role::customer_phone, "tl", "requesterphone caller callerid callernumber 来电号码 主叫 主叫号码 来电"},
    {Role::customer_id, "tl", "requesterid enduserid externalid requesterexternalid 请求者编号 请求者id"},
    {Role::feedback_id, "t",
     "id ticketid ticket ticketno ticketnumber caseid casenumber caseno case requestid conversationid 工单号 工单编号 工单id 编号 单号 案件编号"},
    {Role::feedback_id, "l", "id callid calluuid callno callsid recordid 通话编号 通话id 录音编号 编号 流水号"},
    {Role::occurred_at, "t",
     "at createdat created createdon createddate createdtime openedat opened requestedat submittedat date time timestamp datetime updatedat "
     "时间 日期 创建时间 提交时间 创建日期 受理时间 发起时间 更新时间"},
    {Role::occurred_at, "l",
     "at calledat callat calldate calltime startedat starttime createdat date time timestamp datetime 时间 日期 通话时间 呼叫时间 来电时间 开始时间 通话日期"},
    {Role::topic, "tl", "subject title topic summary callpurpose 主题 标题 题目 事由 问题"},
    {Role::text, "tl",
     "text description body content comment comments message note notes callnote callnotes transcript details 内容 描述 正文 备注 记录 通话记录 "
     "通话内容 工单内容 问题描述 小结 通话小结 详情"},
    {Role::agent, "tl", "agent assignee owner operator handledby assignedto agentname 客服 坐席 座席 处理人 负责人 受理人 客服人员 接待客服 经办人"},
    {Role::state, "tl", "status state ticketstatus 状态 工单状态 处理状态"},
    {Role::severity, "tl", "severity priority urgency level importance 优先级 严重程度 紧急程度 等级 级别 严重等级 紧急"},
    {Role::origin, "tl", "source system helpdesk origin 来源 系统"},
    {Role::order_id, "tl", "orderid orderno ordernumber order 订单编号 订单号 订单id"},
    {Role::contact_detail, "oc",
     "address address1 address2 street streetaddress zip zipcode postcode postalcode lastname lastnamebilling "
     "billingaddress billingaddress1 billingaddress2 billingstreet billingzip shippingaddress shippingaddress1 "
     "shippingaddress2 shippingstreet shippingzip shippingname shippingphone company billingcompany "
     "shippingcompany note notes customernote notetoseller 地址 收货地址 收货人地址 详细地址 邮编 邮政编码 身份证 "
     "身份证号 "
     "备注 买家留言 买家备注 卖家备注 商家备注 收货人详细地址 订单备注 买家支付账号 支付宝账号"},
};

constexpr HeadingWords kShopifyOrders[] = {
    {Role::order_id, "o", "name"},   {Role::customer_name, "o", "billingname"},
    {Role::amount, "o", ""},         {Role::status, "o", "financialstatus"},
    {Role::channel, "o", "source"},  {Role::order_discount, "o", "discountamount"},
    {Role::category, "o", "vendor"}, {Role::contact_detail, "o", "paymentreference notes noteattributes"},
};
constexpr HeadingWords kShopifyCustomers[] = {
    {Role::customer_id, "c", ""},  // its orders name customers by address only, so the address is the key here too
    {Role::country, "c", "defaultaddresscountrycode countrycode"},
    {Role::city, "c", "defaultaddresscity"},
    {Role::customer_phone, "c", "phone defaultaddressphone"},
    {Role::contact_detail, "c",
     "defaultaddresscompany defaultaddressaddress1 defaultaddressaddress2 defaultaddresszip defaultaddressphone"},
};
constexpr HeadingWords kWoo[] = {
    {Role::unit_price, "o", "itemcost itemprice"},
    {Role::amount, "o", "orderlinesubtotal itemtotal linetotal lineitemtotal orderlinetotal"},
    {Role::channel, "o", "createdvia origin"},
    {Role::contact_detail, "o",
     "address12billing citybilling statecodebilling postcodebilling firstnameshipping lastnameshipping "
     "address12shipping cityshipping statecodeshipping postcodeshipping countrycodeshipping"},
    {Role::country, "o", "countrycodebilling"},
};
constexpr HeadingWords kYouzan[] = {
    {Role::order_total, "o", "订单实付金额"},
    {Role::amount, "o", "商品实际成交金额 商品实付金额 商品金额合计"},
    {Role::customer_name, "o",
     "收货人提货人 买家昵称"},  // nicknames are not unique there: the phone number says who it is
    {Role::channel, "o", "订单来源"},
};
constexpr HeadingWords kTaobao[] = {
    {Role::order_total, "o", "买家实际支付金额"},
    {Role::customer_id, "o", "买家会员名"},
    {Role::amount, "o", ""},
};
constexpr ShopSystem kSystems[] = {
    {"shopify", "o", "name financialstatus lineitemquantity", kShopifyOrders},
    {"shopify", "c", "acceptsemailmarketing totalspent totalorders", kShopifyCustomers},
    {"woocommerce", "o", "orderstatus|status emailbilling|billingemail ordernumber|orderid", kWoo},
    {"youzan", "o", "订单号 归属店铺|商品规格编码|规格编码|收货人手机号提货人手机号|全部商品名称", kYouzan},
    {"taobao", "o", "订单编号 买家会员名|宝贝标题|外部系统编号", kTaobao},
};

}  // namespace

std::span<const HeadingWords> heading_words() { return kWords; }
std::span<const ShopSystem> shop_systems() { return kSystems; }

}  // namespace collect
