#include "act/letter/html_to_text.h"

#include <gtest/gtest.h>

#include "base/charset.h"
#include "base/random.h"

namespace act::letter {
namespace {

TEST(HtmlToText, ParagraphsLinksListsAndRows) {
  EXPECT_EQ(html_to_text("<html><head><title>t</title><style>p{}</style></head><body><h1>Hello</h1><p>One\n two &amp; <b>three</b>.</p>"
                         "<p>See <a href=\"https://a.example/?x=1&amp;y=2\">the shop</a>, or <a href='mailto:a@b.c'>a@b.c</a></p></body></html>"),
            "Hello\n\nOne two & three.\n\nSee the shop (https://a.example/?x=1&y=2), or a@b.c\n");
  EXPECT_EQ(html_to_text("<ul><li>a</li><li>b <i>c</i></li></ul><ol><li>x</li><li>y</li></ol>"), "- a\n- b c\n\n1. x\n2. y\n");
  EXPECT_EQ(html_to_text("<table><tr><th>Item</th><th>Price</th></tr><tr><td>Tea</td><td>€4</td></tr></table>z"), "Item  Price\nTea  €4\n\nz\n");
  EXPECT_EQ(html_to_text("a<br>b<br/>c"), "a\nb\nc\n");
}

TEST(HtmlToText, LeavesOutWhatIsNotSeen) {
  EXPECT_EQ(html_to_text("<div style=\"display:none;max-height:0\">hidden <div>more</div></div>x<img src=\"https://t/o\" width=\"1\" height=\"1\">"), "x\n");
  EXPECT_EQ(html_to_text("<a href=\"https://x\"><img alt=\"logo\" src=\"l\"></a>y<!-- <p>no</p> --><!--[if mso]><td>z</td><![endif]--><script>1<2</script>"), "y\n");
  EXPECT_EQ(html_to_text("&zwnj;&nbsp;&#8203;"), "");
  EXPECT_EQ(html_to_text(""), "");
  EXPECT_EQ(html_to_text("<a href=\"https://x.example\">https://x.example</a>"), "https://x.example\n");
}

TEST(HtmlToText, WrapsAtSeventyEightColumns) {
  std::string words, chinese;
  for (int i = 0; i < 60; ++i) words += "word ";
  for (int i = 0; i < 30; ++i) chinese += "您好，世界";
  const std::string text = html_to_text("<p>" + words + "</p><p>" + chinese + "</p><ul><li>" + words + "</li></ul>");
  std::size_t from = 0, long_lines = 0;
  for (std::size_t end; (end = text.find('\n', from)) != std::string::npos; from = end + 1) {
    std::size_t columns = 0;
    const std::string line = text.substr(from, end - from);
    for (std::size_t i = 0; i < line.size(); ++i) {
      const auto c = static_cast<unsigned char>(line[i]);
      columns += c < 0x80 ? 1 : c >= 0xE0 ? 2 : 0;
    }
    EXPECT_LE(columns, 80U) << line;  // a closing mark may stand past the edge
    EXPECT_FALSE(line.starts_with("，")) << line;
    EXPECT_NE(line.back(), ' ');
    long_lines += columns > 70 ? 1U : 0U;
  }
  EXPECT_GT(long_lines, 8U);
  EXPECT_NE(text.find("\n  word"), std::string::npos);
  const std::string url = "https://shop.example/" + std::string(200, 'x');
  EXPECT_NE(html_to_text("<a href=\"" + url + "\">go</a>").find("(" + url + ")"), std::string::npos);
}

TEST(HtmlToText, AnyBytesGiveText) {
  base::Rng rng{7};
  constexpr std::string_view kPieces[] = {"<", ">", "</", "<a href=\"", "\"", "'", "&#", ";", "<td>", "<li>", "</ol>", "<!--", "-->", "<div style=\"display:none\">",
                                          "您", "（", "。", "\xE4", "\xFF", "&amp;", "<style>", "</a>", "<br", " ", "x"};
  for (int round = 0; round < 20'000; ++round) {
    std::string html;
    for (std::uint64_t n = rng.below(40); n > 0; --n) html += kPieces[rng.below(std::size(kPieces))];
    const std::string text = html_to_text(html);
    EXPECT_LE(text.size(), html.size() * 3 + 10);
  }
}

}  // namespace
}  // namespace act::letter
