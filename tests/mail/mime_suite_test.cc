// Strings others collected to break mail: none may add a header, split one or change what is read back.
#include <gtest/gtest.h>

#include "adapter/smtp/header_text.h"
#include "adapter/smtp/mime.h"
#include "base/base64.h"
#include "base/charset.h"
#include "tests/mail/suite_json.h"
#include "tests/support/tally.h"

namespace {

const std::vector<std::string> kHeaders = {"From",
                                           "To",
                                           "Subject",
                                           "Date",
                                           "Message-ID",
                                           "Reply-To",
                                           "List-Id",
                                           "List-Unsubscribe",
                                           "List-Unsubscribe-Post",
                                           "Feedback-ID",
                                           "Content-Language",
                                           "MIME-Version",
                                           "Content-Type"};

struct Header {
  std::string name;
  std::string value;  // unfolded
};

std::vector<Header> headers_of(std::string_view bytes) {
  std::vector<Header> headers;
  std::string_view head = bytes.substr(0, bytes.find("\r\n\r\n") + 2);
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    EXPECT_LE(line.size(), 998U);
    EXPECT_EQ(line.find_first_of(std::string_view{"\r\n\0", 3}), std::string_view::npos);
    if (line.find("=?UTF-8?") != std::string_view::npos) {
      EXPECT_LE(line.size(), 76U);
    }
    if (line.starts_with(' ') && !headers.empty()) {
      EXPECT_NE(line.find_first_not_of(' '), std::string_view::npos) << "a line of blanks";
      headers.back().value += line;
      continue;
    }
    const std::size_t colon = line.find(": ");
    EXPECT_NE(colon, std::string_view::npos) << line;
    headers.push_back({std::string{line.substr(0, colon)}, std::string{line.substr(colon + 2)}});
  }
  return headers;
}

/// What a reader shows (RFC 2047): blanks between encoded words are nothing; every word is whole UTF-8 of its own.
std::string decoded(std::string_view value) {
  std::string out;
  bool after_word = false;
  while (!value.empty()) {
    if (after_word && value.starts_with(" =?")) value.remove_prefix(1);
    after_word = false;
    if (value.starts_with("=?UTF-8?")) {
      const std::size_t end = value.find("?=", 10);
      if (end == std::string_view::npos) ADD_FAILURE() << value;
      EXPECT_LE(end + 2, 75U);
      const std::string_view body = value.substr(10, end - 10);
      std::string word;
      if (value[8] == 'B') {
        word = *base::from_base64(body);
      } else {
        for (std::size_t i = 0; i < body.size(); ++i) {
          if (body[i] == '=') {
            word += static_cast<char>(std::stoi(std::string{body.substr(i + 1, 2)}, nullptr, 16));
            i += 2;
          } else {
            word += body[i] == '_' ? ' ' : body[i];
          }
        }
      }
      EXPECT_TRUE(base::is_utf8(word)) << "a code point was split";
      out += word;
      value.remove_prefix(end + 2);
      after_word = true;
    } else {
      out += value.front();
      value.remove_prefix(1);
    }
  }
  return out;
}

std::string phrase_of(std::string_view value) {
  const std::size_t angle = value.rfind(" <");
  if (angle == std::string_view::npos) return {};
  value = value.substr(0, angle);
  if (!value.starts_with('"')) return decoded(value);
  std::string out;
  for (std::size_t i = 1; i + 1 < value.size(); ++i) {
    if (value[i] == '\\') ++i;
    out += value[i];
  }
  return out;
}

model::Delivery delivery() {
  model::Delivery one;
  one.send_key = "0123456789abcdef0123456789abcdef";
  one.reference = "ref";
  one.address = "anna@customer.example";
  one.content.subject = "s";
  one.content.text = "t";
  one.content.html = "h";
  one.content.language = "en";
  one.unsubscribe_url = "https://shop.example/u";
  return one;
}

adapter::smtp::Sender shop() {
  adapter::smtp::Sender sender;
  sender.address = "news@shop.example";
  sender.reply_to = "help@shop.example";
  sender.list_id = "list.shop.example";
  sender.bounce_domain = "b.shop.example";
  return sender;
}

/// The text in every place a header takes text from; refused, or read back as it was among the same headers.
void expect_inert(const std::string& text) {
  const bool refused_wanted = text.find_first_of(std::string_view{"\r\n\0", 3}) != std::string::npos ||
                              !base::is_utf8(text) || text.size() > 2000;
  for (int place = 0; place < 4; ++place) {
    auto one = delivery();
    auto sender = shop();
    std::string& target = place == 0   ? one.content.subject
                          : place == 1 ? sender.name
                          : place == 2 ? one.name
                                       : sender.list_name;
    target = text;
    const auto letter = adapter::smtp::compose(one, sender);
    EXPECT_EQ(!letter, refused_wanted) << place << ' ' << text;
    if (!letter) continue;
    const auto headers = headers_of(letter->bytes);
    std::vector<std::string> names;
    for (const Header& header : headers) names.push_back(header.name);
    EXPECT_EQ(names, kHeaders) << text;
    if (names != kHeaders) continue;
    const std::size_t index = place == 0 ? 2 : place == 1 ? 0 : place == 2 ? 1 : 6;
    const std::string& value = headers[index].value;
    EXPECT_EQ(place == 0 ? decoded(value) : phrase_of(value), text) << value;
  }
  {
    auto sender = shop();
    sender.reply_to = text;
    const auto letter = adapter::smtp::compose(delivery(), sender);
    if (letter) {
      EXPECT_LE(headers_of(letter->bytes).size(), kHeaders.size());
    }
  }
}

/// And as body: the text that comes out is the text that went in, whatever encoding carried it.
void expect_body_survives(const std::string& text) {
  auto one = delivery();
  one.content.html.clear();
  one.content.text = text;
  const auto letter = adapter::smtp::compose(one, shop());
  if (text.empty()) return;
  ASSERT_TRUE(letter) << text;
  std::string_view rest = letter->bytes;
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n");
    ASSERT_NE(end, std::string_view::npos);
    EXPECT_LE(end, 998U);
    rest.remove_prefix(end + 2);
  }
}

TEST(HeaderSuite, NaughtyStrings) {
  WB_NEED_SHARED(path, "suites/naughty-strings/blns.json");
  tests::Tally tally{"naughty-strings in headers"};
  for (const auto& text : tests::read_json(path)) {
    expect_inert(text.get<std::string>());
    expect_body_survives(text.get<std::string>());
    tally.end_of_case();
  }
  EXPECT_GT(tally.cases(), 200);
}

TEST(HeaderSuite, LineBreaksInEveryDecoding) {
  WB_NEED_SHARED(path, "suites/payloads/crlf-header.json");
  tests::Tally tally{"payloads crlf-header"};
  for (const auto& payload : tests::read_json(path)) {
    auto text = payload.get<std::string>();
    for (int round = 0; round < 4; ++round) {  // as given, and as each careless decoder on the way would leave it
      expect_inert(text);
      std::string decoded_once;
      for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && std::isxdigit(text[i + 1]) != 0 &&
            std::isxdigit(text[i + 2]) != 0) {
          decoded_once += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
          i += 2;
        } else {
          decoded_once += text[i];
        }
      }
      text = decoded_once;
    }
    tally.end_of_case();
  }
  EXPECT_EQ(tally.cases(), 7);
}

TEST(HeaderSuite, LongTextsOfEveryWidth) {
  for (std::size_t size = 1; size < 400; ++size) {
    std::string ascii, chinese, mixed;
    for (std::size_t i = 0; i < size; ++i) {
      ascii += static_cast<char>('a' + i % 26);
      chinese += i % 3 == 0 ? "我" : i % 3 == 1 ? "们" : "😀";
      mixed += i % 9 == 0 ? "é" : i % 5 == 0 ? " " : "x";
    }
    for (const std::string& text : {ascii, chinese, mixed}) expect_inert(text);
  }
}

}  // namespace
