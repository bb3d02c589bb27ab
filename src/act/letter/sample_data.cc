#include "act/letter/data.h"

namespace act::letter {

LetterData sample_data(Language language) {
  const auto in = [language](const char* en, const char* cn, const char* tw) -> std::string {
    return language == Language::en ? en : language == Language::zh_cn ? cn : tw;
  };
  LetterData data;
  data.today = base::Day{std::chrono::year{2026} / std::chrono::November / 21};
  data.customer = {in("Mary", "晓梅", "曉梅"), in("Mary Byrne", "王晓梅", "王曉梅"), std::string(tag_of(language)), in("Galway", "杭州", "台北")};
  data.orders.count = 7;
  data.orders.first_date = base::Day{std::chrono::year{2024} / std::chrono::March / 14};
  data.orders.last_date = base::Day{std::chrono::year{2025} / std::chrono::December / 3};
  data.orders.last_total = in("€46.50", "￥368", "NT$1,480");
  const std::string picture = "https://shop.example/pictures/";
  data.orders.last_items = {
      {in("Harbour dark roast, 1 kg", "港湾深烘咖啡豆 1 公斤", "港灣深焙咖啡豆 1 公斤"), in("€24.00", "￥168", "NT$680"), "https://shop.example/harbour",
       picture + "harbour.png", 4.8, {}, in("It tastes best between the first and the sixth week after roasting.", "烘焙后第一周到第六周风味最好。", "烘焙後第一週到第六週風味最好。")},
      {in("Paper filters No. 4", "4 号滤纸", "4 號濾紙"), in("€6.20", "￥39", "NT$150"), "https://shop.example/filters", picture + "filters.png", {}, {}, ""},
      {in("Oat biscuits", "燕麦饼干", "燕麥餅乾"), in("€4.80", "￥32", "NT$120"), "https://shop.example/biscuits", picture + "biscuits.png", {}, {}, ""}};
  data.favourites = {data.orders.last_items[0]};
  data.recommendations = {
      {in("Pier espresso, 500 g", "码头意式拼配 500 克", "碼頭義式配方 500 克"), in("€14.50", "￥98", "NT$420"), "https://shop.example/pier", picture + "pier.png", 4.6, 7, ""},
      {in("Hand grinder, small", "小号手摇磨豆机", "小型手搖磨豆機"), in("€38.00", "￥258", "NT$1,080"), "https://shop.example/grinder", picture + "grinder.png", 4.4, 120, ""},
      {in("Honey from the hills", "山里的蜂蜜", "山裡的蜂蜜"), in("€9.90", "￥66", "NT$280"), "https://shop.example/honey", picture + "honey.png", {}, 60, ""}};
  data.offer = LetterData::Offer{in("Free delivery", "免运费", "免運費"), "QUAY-7H2K",
                                 in("For orders above €20, once.", "订单满 ￥150 可用，限一次。", "訂單滿 NT$600 可用，限一次。"),
                                 in("Sunday 6 December, 23:59", "12月6日（周日）23:59", "12月6日（週日）23:59"), "2026-12-06"};
  data.links = {"https://shop.example/", "https://shop.example/u/8f2a61", "https://shop.example/l/8f2a61",
                "https://shop.example/p/8f2a61", "https://shop.example/r/8f2a61", "https://shop.example/s/8f2a61",
                "https://shop.example/m/8f2a61", "https://shop.example/t/8f2a61", "https://shop.example/a/8f2a61", "https://shop.example/l/8f2a61"};
  data.shop = {in("North & Sons Coffee", "北岸咖啡", "北岸咖啡"), in("12 Quay Street, Galway", "杭州市西湖区文三路 12 号", "台北市大安區永康街 12 號"),
               "https://shop.example", "hello@shop.example", in("+353 91 555 010", "0571-5550 0110", "02-5550-0110")};
  data.representative = LetterData::Representative{in("Aoife Byrne", "李青", "李青"), in("roaster", "烘焙师", "烘焙師"), ""};
  data.facts = {{"roasting", in("We roast on Tuesdays and send the same afternoon.", "我们每周二烘焙，当天下午发货。", "我們每週二烘焙，當天下午出貨。")},
                {"returns", in("What you do not like, you send back within 30 days, opened or not.", "不喜欢，30 天内可以退，开封也可以。", "不喜歡，30 天內可以退，開封也可以。")}};
  data.stories = {{in("It tastes like the café I used to go to.", "味道像我以前常去的那家店。", "味道像我以前常去的那家店。"), in("Tom", "陈先生", "陳先生"), in("Cork", "苏州", "台中")}};
  return data;
}

}  // namespace act::letter
