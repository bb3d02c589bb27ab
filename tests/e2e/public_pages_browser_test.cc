// The public pages in a real browser, as the server sends them: nothing wider than the screen, styled under the page's own
// policy, and nothing of what strangers wrote comes alive.
#include <array>
#include <cstdio>

#include <gtest/gtest.h>

#include "http/server.h"
#include "pages/pages.h"
#include "tests/support/places.h"
#include "tests/support/strings.h"

namespace {

struct Shown {
  std::string shop = "Bean & Leaf";
  std::string given = "checkout";
};

std::string page(const std::string& name, text::Language language, const Shown& shown) {
  const pages::Frame frame{language, shown.shop, shown.shop + "\n1 High Street", "/pages.css", "/p/token"};
  const base::Day day{std::chrono::year{2026} / 3 / 2};
  if (name == "unsubscribe") return pages::unsubscribe(frame, {"/u/token", "a•••@a-rather-long-host-name.example.com", "/p/token"});
  if (name == "erase") return pages::erase(frame, {"/p/token/erase", "/p/token", true});
  if (name == "expired") return pages::expired(frame);
  pages::Preferences what;
  what.action = "/p/token";
  what.erase = "/p/token/erase";
  what.address = "a•••@example.com";
  what.saved = what.offers_non_personalised = true;
  what.paused_until = day;
  what.topics = {{"win_back", true}, {shown.given, false}};
  what.channels = {{"email", true}, {shown.given, false}};
  what.why = {day, shown.given, day, day, shown.given, true, true, false};
  return pages::preferences(frame, what);
}

/// What a browser finds on the page, laid out in a frame of that width.
std::string found_by_browser(std::uint16_t port, const std::filesystem::path& profile, const std::string& query) {
  const std::string command = fmt::format(
      "chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
      "--disable-component-update --disable-sync --user-data-dir='{}' --virtual-time-budget=8000 --window-size=1400,2000 "
      "--dump-dom 'http://127.0.0.1:{}/frame?{}' 2>/dev/null", profile.string(), port, query);
  std::array<char, 4096> piece{};
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  while (std::fgets(piece.data(), piece.size(), pipe) != nullptr) text += piece.data();
  pclose(pipe);
  const std::size_t at = text.find("data-found=\"");
  return at == std::string::npos ? "nothing" : text.substr(at + 12, text.find('"', at + 12) - at - 12);
}

TEST(PublicPagesInABrowser, FitAreStyledAndStayInert) {
  if (std::system("command -v chromium >/dev/null 2>&1") != 0) GTEST_SKIP() << "skipped: chromium is not installed";
  Shown hostile{"<img src=x onerror=document.title='run'>", "\"><script>document.title='run'</script><svg onload=alert(1)>"};
  if (const auto file = tests::shared("suites/payloads/xss.json"); file) {
    for (const std::string& payload : tests::json_strings(*file)) hostile.given += " " + payload;
  }
  const auto server = http::Server::open("127.0.0.1:0", [&](const http::Request& request) {
    if (request.path == "/pages.css") return http::Response{200, {{"Content-Type", "text/css"}}, std::string{pages::style()}};
    const auto field = [&](const char* name) { return std::string{request.field(name).value_or("")}; };
    if (request.path == "/frame") {
      http::Response frame = http::text(200, fmt::format(
          "<iframe id=f src='/page?{}' style='width:{}px;height:2000px;border:0'></iframe><script>"
          "document.getElementById('f').onload = e => {{ const d = e.target.contentDocument;"
          "document.body.setAttribute('data-found', 'wide=' + (d.documentElement.scrollWidth - d.documentElement.clientWidth) +"
          "' live=' + d.querySelectorAll('script,img,svg,iframe,object,embed,[onerror],[onload],[onclick]').length +"
          "' title=' + (d.title.indexOf('run') == 0) + ' button=' + (d.querySelector('button') ? getComputedStyle(d.querySelector('button')).minHeight : 'none') +"
          "' unlabelled=' + [...d.querySelectorAll('input')].filter(i => !i.labels.length).length); }}</script>",
          "name=" + field("name") + "&lang=" + field("lang") + "&hostile=" + field("hostile"), field("width")));
      frame.headers[0].second = "text/html; charset=utf-8";
      return frame;
    }
    http::Response response = http::html(200, page(field("name"), *text::parse_language(field("lang")), field("hostile") == "1" ? hostile : Shown{}));
    std::erase_if(response.headers, [](const auto& header) { return header.first == "X-Frame-Options"; });
    for (auto& [name, value] : response.headers) {  // only so that this test may look into it
      if (const std::size_t at = value.find("frame-ancestors 'none'"); at != std::string::npos) value.replace(at, 22, "frame-ancestors 'self'");
    }
    return response;
  });
  ASSERT_TRUE(server) << server.error().message;
  const tests::TemporaryFolder folder;
  for (const char* language : {"en", "zh-CN"}) {
    for (const char* name : {"preferences", "unsubscribe", "erase", "expired"}) {
      for (const int width : {1280, 390}) {
        const std::string found = found_by_browser((*server)->port(), folder.path(), fmt::format("name={}&lang={}&width={}&hostile=0", name, language, width));
        const bool has_button = std::string_view{name} != "expired";
        EXPECT_EQ(found, fmt::format("wide=0 live=0 title=false button={} unlabelled=0", has_button ? "48px" : "none")) << name << " " << language << " " << width;
      }
    }
  }
  EXPECT_EQ(found_by_browser((*server)->port(), folder.path(), "name=preferences&lang=en&width=390&hostile=1"),
            "wide=0 live=0 title=false button=48px unlabelled=0");
}

}  // namespace
