#include "adapter/smtp/mime.h"

#include <gmock/gmock.h>

#include "adapter/smtp/body_text.h"
#include "adapter/smtp/header_text.h"

namespace adapter::smtp {
namespace {

using testing::HasSubstr;
using testing::Not;

Sender shop() {
  Sender sender;
  sender.name = "Blue Shop";
  sender.address = "news@shop.example";
  sender.reply_to = "help@shop.example";
  sender.list_id = "news.shop.example";
  sender.list_name = "News of Blue Shop";
  sender.bounce_domain = "bounces.shop.example";
  return sender;
}

model::Delivery delivery() {
  model::Delivery one;
  one.message_id = 7;
  one.send_key = "0123456789abcdef0123456789abcdef";
  one.reference = "r-AbC_9";
  one.address = "anna@customer.example";
  one.name = "Anna Berg";
  one.content.subject = "We miss you";
  one.content.text = "Hello Anna\n";
  one.content.html = "<p>Hello Anna</p>\n";
  one.content.language = "en";
  one.unsubscribe_url = "https://shop.example/u/abc";
  one.at = base::instant_from_millis(1'767'690'000'000);
  return one;
}

TEST(Mime, AWholeLetter) {
  const auto letter = compose(delivery(), shop());
  ASSERT_TRUE(letter) << letter.error().message;
  EXPECT_EQ(letter->from, "bounce+r-AbC_9@bounces.shop.example");
  EXPECT_EQ(letter->to, "anna@customer.example");
  EXPECT_FALSE(letter->needs_smtputf8);
  EXPECT_EQ(letter->bytes,
            "From: \"Blue Shop\" <news@shop.example>\r\n"
            "To: \"Anna Berg\" <anna@customer.example>\r\n"
            "Subject: We miss you\r\n"
            "Date: Tue, 06 Jan 2026 09:00:00 +0000\r\n"
            "Message-ID: <0123456789abcdef0123456789abcdef@shop.example>\r\n"
            "Reply-To: <help@shop.example>\r\n"
            "List-Id: \"News of Blue Shop\" <news.shop.example>\r\n"
            "List-Unsubscribe: <https://shop.example/u/abc>\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            "Feedback-ID: r-AbC_9:marketing:email:winback\r\n"
            "Content-Language: en\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"=_0123456789abcdef0123456789abcdef\"\r\n"
            "\r\n"
            "--=_0123456789abcdef0123456789abcdef\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "Hello Anna\r\n"
            "\r\n"
            "--=_0123456789abcdef0123456789abcdef\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "<p>Hello Anna</p>\r\n"
            "\r\n"
            "--=_0123456789abcdef0123456789abcdef--\r\n");
  EXPECT_EQ(compose(delivery(), shop())->bytes, letter->bytes);
}

TEST(Mime, OnePartAloneNeedsNoMultipart) {
  auto one = delivery();
  one.content.html.clear();
  const auto letter = compose(one, shop());
  ASSERT_TRUE(letter);
  EXPECT_THAT(letter->bytes, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(letter->bytes, Not(HasSubstr("multipart")));
  one.content.text.clear();
  EXPECT_FALSE(compose(one, shop()));
}

TEST(Mime, LongUnsubscribeLinkStaysOnOneLine) {
  auto one = delivery();
  one.unsubscribe_url = "https://shop.example/u/" + std::string(700, 'x');
  const auto letter = compose(one, shop());
  ASSERT_TRUE(letter);
  EXPECT_THAT(letter->bytes, HasSubstr("\r\nList-Unsubscribe: <" + one.unsubscribe_url + ">\r\n"));
  one.unsubscribe_url += std::string(300, 'x');
  EXPECT_FALSE(compose(one, shop()));
}

TEST(Mime, UnsubscribeLinksThatAreNoPlainHttpsAreRefused) {
  for (const char* url : {"http://shop.example/u", "https://shop.example/u>, <https://evil.example/",
                          "https://shop.example/\r\nBcc: x@y.example", "https://shop.example/ü"}) {
    auto one = delivery();
    one.unsubscribe_url = url;
    EXPECT_FALSE(compose(one, shop())) << url;
  }
}

TEST(Mime, TransactionalLetterHasNoUnsubscribeHeaders) {
  auto one = delivery();
  one.unsubscribe_url.clear();
  one.purpose = model::Purpose::transactional;
  const auto letter = compose(one, shop());
  ASSERT_TRUE(letter);
  EXPECT_THAT(letter->bytes, Not(HasSubstr("List-Unsubscribe")));
  EXPECT_THAT(letter->bytes, HasSubstr(":transactional:"));
}

TEST(Mime, Utf8AddressesAskForSmtputf8OnlyWhenNeeded) {
  auto one = delivery();
  one.address = "anna@bücher.example";
  auto letter = compose(one, shop());
  ASSERT_TRUE(letter);
  EXPECT_FALSE(letter->needs_smtputf8);
  EXPECT_EQ(letter->to, "anna@xn--bcher-kva.example");
  one.address = "张三@例子.测试";
  letter = compose(one, shop());
  ASSERT_TRUE(letter);
  EXPECT_TRUE(letter->needs_smtputf8);
  EXPECT_THAT(letter->bytes, HasSubstr("<张三@xn--fsqu00a.xn--0zwm56d>"));
}

TEST(Mime, ErrorsDoNotNameTheCustomer) {
  auto one = delivery();
  one.address = "secret..person@customer.example";
  const auto letter = compose(one, shop());
  ASSERT_FALSE(letter);
  EXPECT_THAT(letter.error().message, Not(HasSubstr("secret")));
}

TEST(Mime, BadBodiesAreRefused) {
  auto one = delivery();
  one.content.text = "\xff";
  EXPECT_FALSE(compose(one, shop()));
  one = delivery();
  one.content.html = std::string{"a\0b", 3};
  EXPECT_FALSE(compose(one, shop()));
}

TEST(Mime, SenderIsJudgedFieldByField) {
  for (auto [field, value] : {std::pair{&Sender::address, "no address"},
                              {&Sender::reply_to, "a@b@c"},
                              {&Sender::list_id, "no list"},
                              {&Sender::bounce_domain, "b c"},
                              {&Sender::name, "a\nb"},
                              {&Sender::list_name, "a\rb"}}) {
    Sender sender = shop();
    sender.*field = value;
    EXPECT_FALSE(check_sender(sender)) << value;
    EXPECT_FALSE(compose(delivery(), sender)) << value;
  }
}

TEST(BodyText, SevenBitOnlyWhereNothingCanAlterIt) {
  EXPECT_EQ(encode_body("Hello\r\n").encoding, "7bit");
  for (const char* text : {"From here\r\n", ".\r\n", "end \r\n", "=_\r\n", "bell\a\r\n"})
    EXPECT_NE(encode_body(text).encoding, "7bit") << text;
  EXPECT_EQ(encode_body("From x\r\n.y\r\nz \r\n\tt\t\r\n").bytes, "=46rom x\r\n=2Ey\r\nz=20\r\n\tt=09\r\n");
  EXPECT_EQ(encode_body("我们想念你\r\n").encoding, "base64");
  EXPECT_EQ(encode_body("A long line of English with one é in it\r\n").encoding, "quoted-printable");
}

TEST(BodyText, LineEndsOfEveryKind) {
  EXPECT_EQ(with_crlf("a\nb\rc\r\nd\n\ne"), "a\r\nb\r\nc\r\nd\r\n\r\ne\r\n");
  EXPECT_EQ(with_crlf(""), "");
}

TEST(BodyText, NoLineIsLongerThan76) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += i % 7 == 0 ? "é" : i % 11 == 0 ? "=" : ".";
  for (const std::string& body : {text, std::string(5000, 'x'), fmt::format("{: >999}From \r\n", "")}) {
    const std::string bytes = encode_body(with_crlf(body)).bytes;
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const std::size_t end = rest.find("\r\n");
      ASSERT_NE(end, std::string_view::npos);
      EXPECT_LE(end, 76U);
      EXPECT_FALSE(rest.starts_with('.'));
      EXPECT_FALSE(rest.starts_with("From "));
      rest.remove_prefix(end + 2);
    }
  }
}

TEST(HeaderText, FoldsAtBlanks) {
  std::string words;
  for (int i = 0; i < 40; ++i) words += "word ";
  words += "end";
  const auto header = text_header("Subject", words);
  ASSERT_TRUE(header);
  std::string unfolded;
  for (std::size_t i = 0; i < header->size(); ++i) {
    if (header->substr(i).starts_with("\r\n ")) {
      ++i;
      continue;
    }
    unfolded += (*header)[i];
  }
  EXPECT_EQ(unfolded, "Subject: " + words + "\r\n");
}

TEST(HeaderText, LineBreaksAndZeroBytesAreRefused) {
  for (const std::string_view text :
       {std::string_view{"a\rb"}, std::string_view{"a\nb"}, std::string_view{"a\0b", 3}, std::string_view{"a\xff"}}) {
    EXPECT_FALSE(text_header("Subject", text));
    EXPECT_FALSE(phrase_header("From", text, "a@b.example"));
  }
}

TEST(HeaderText, QuotesInNamesAreEscaped) {
  EXPECT_EQ(*phrase_header("From", R"(The "Blue" \ Shop)", "a@b.example"),
            "From: \"The \\\"Blue\\\" \\\\ Shop\" <a@b.example>\r\n");
}

}  // namespace
}  // namespace adapter::smtp
