// The report in a real browser: nothing wider than the screen, on a desk and on a phone, in each language.
#include <array>
#include <cstdio>

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/time.h"
#include "tests/support/program.h"

namespace {

namespace fs = std::filesystem;

/// Two years of orders of a few hundred customers, some with names that would run if they were not escaped.
std::string orders() {
  std::string csv = "order_id,customer_id,date,product,category,quantity,unit_price\n";
  int order = 0;
  for (int c = 0; c < 400; ++c) {
    base::Rng rng{base::mix(static_cast<std::uint64_t>(c))};
    double at = 700 * rng.uniform();
    const double rate = rng.gamma(1, 60);
    const double until = at + rng.exponential(1.0 / 300);
    do {
      csv += fmt::format("{},c{},{},{},{},{},{:.2f}\n", ++order, c, base::to_string(*base::parse_day("2024-01-01") + std::chrono::days{static_cast<int>(at)}),
                         c % 50 == 7 ? "<img src=x onerror=document.title='run'>" : "A product with a rather long descriptive name", "goods",
                         1 + rng.below(3), 5 + 60 * rng.uniform());
      at += rng.exponential(rate);
    } while (at < std::min(until, 730.0));
  }
  return csv;
}

/// What the page says after the browser has laid it out in a frame of that width.
std::string measured(const fs::path& folder, const fs::path& report, int width) {
  tests::write_file(folder / "frame.html", fmt::format(
      "<iframe id=f src='{}' style='width:{}px;height:2000px;border:0'></iframe><script>"
      "document.getElementById('f').onload = e => {{ const d = e.target.contentDocument;"
      "document.body.setAttribute('data-found', 'wide=' + (d.documentElement.scrollWidth - d.documentElement.clientWidth) + ' title=' + d.title +"
      "' sections=' + d.querySelectorAll('h2').length + ' scripts=' + d.querySelectorAll('script').length); }}</script>",
      report.string(), width));
  const std::string command = fmt::format(
      "chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
      "--disable-component-update --disable-sync --allow-file-access-from-files --user-data-dir='{}' --virtual-time-budget=5000 "
      "--window-size=1400,2000 --dump-dom 'file://{}' 2>/dev/null", (folder / "profile").string(), (folder / "frame.html").string());
  std::array<char, 4096> piece{};
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  while (std::fgets(piece.data(), piece.size(), pipe) != nullptr) text += piece.data();
  pclose(pipe);
  const std::size_t at = text.find("data-found=\"");
  return at == std::string::npos ? "nothing" : text.substr(at + 12, text.find('"', at + 12) - at - 12);
}

TEST(ReportInABrowser, FitsEveryScreenInEveryLanguage) {
  if (std::system("command -v chromium >/dev/null 2>&1") != 0) GTEST_SKIP() << "skipped: chromium is not installed";
  const tests::Program winback;
  tests::write_file(winback.here() / "orders.csv", orders());
  ASSERT_EQ(winback({"import", "orders", "orders.csv", "--currency", "GBP"}).status, 0);
  for (const char* language : {"en", "zh-CN", "zh-TW"}) {
    const auto ran = winback({"plan", "--out", "out", "--lang", language});
    ASSERT_EQ(ran.status, 0) << ran.err;
    for (const int width : {1280, 390}) {
      const std::string found = measured(winback.here(), winback.here() / "out" / "report.html", width);
      EXPECT_NE(found.find("wide=0 "), std::string::npos) << language << " at " << width << ": " << found;
      EXPECT_EQ(found.find("title=run"), std::string::npos) << found;
      EXPECT_NE(found.find("scripts=0"), std::string::npos) << found;
      EXPECT_EQ(found.find("sections=0"), std::string::npos) << found;
    }
  }
}

}  // namespace
