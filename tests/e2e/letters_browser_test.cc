// The shipped letters in a real browser: nothing wider than the screen, on a desk and on a phone, each language, light
// and dark; nothing runs, nothing is fetched but pictures, and text can be read on what is behind it.
#include <array>
#include <cstdio>

#include <gtest/gtest.h>

#include "act/letter/data.h"
#include "act/letter/letter.h"
#include "tests/support/places.h"

namespace {

namespace fs = std::filesystem;
using namespace act::letter;

/// What a page with frames of that width says of each letter in them; dark or light.
std::string measured(const fs::path& folder, const std::vector<std::string>& files, int width, bool dark) {
  std::string frames;
  for (const std::string& file : files) frames += fmt::format("<iframe class=f src='{}' style='width:{}px;height:900px;border:0'></iframe>", file, width);
  tests::write_file(folder / "frame.html", frames + R"(<script>
function light(c) { const m = c.match(/[\d.]+/g).map(Number); return [0.2126, 0.7152, 0.0722].reduce((s, w, i) => { const v = m[i] / 255; return s + w * (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); }, 0); }
onload = () => {
  let wide = 0, weak = '', scripts = 0, shown = 0;
  for (const f of document.querySelectorAll('.f')) {
    const d = f.contentDocument;
    wide = Math.max(wide, d.documentElement.scrollWidth - d.documentElement.clientWidth);
    scripts += d.querySelectorAll('script,link').length;
    const walker = d.createTreeWalker(d.body, NodeFilter.SHOW_TEXT);
    for (let n; n = walker.nextNode();) {
      const e = n.parentElement, s = f.contentWindow.getComputedStyle(e);
      if (!n.data.trim() || parseFloat(s.fontSize) < 4 || !e.getClientRects().length || s.visibility === 'hidden' || e.closest('[style*="display:none"]')) continue;
      let b = e, back = 'rgb(255, 255, 255)';
      for (; b; b = b.parentElement) { const c = f.contentWindow.getComputedStyle(b).backgroundColor; if (!/, 0\)$/.test(c)) { back = c; break; } }
      const x = light(s.color), y = light(back), contrast = (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
      ++shown;
      if (contrast < 4.5) weak += f.getAttribute('src') + ' ' + n.data.trim().slice(0, 20) + ' ' + contrast.toFixed(1) + '; ';
    }
  }
  document.body.setAttribute('data-found', 'wide=' + wide + ' scripts=' + scripts + ' shown=' + shown + ' weak=' + weak.replace(/"/g, ''));
};
</script>)");
  const std::string command = fmt::format(
      "chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
      "--disable-component-update --disable-sync --allow-file-access-from-files --blink-settings=preferredColorScheme={} "
      "--user-data-dir='{}' --virtual-time-budget=8000 --window-size=1400,2000 --dump-dom 'file://{}' 2>/dev/null",
      dark ? 0 : 1, (folder / "profile").string(), (folder / "frame.html").string());
  std::array<char, 4096> piece{};
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  while (std::fgets(piece.data(), piece.size(), pipe) != nullptr) text += piece.data();
  pclose(pipe);
  const std::size_t at = text.find("data-found=\"");
  return at == std::string::npos ? "nothing" : text.substr(at + 12, text.find('"', at + 12) - at - 12);
}

TEST(LettersInABrowser, FitEveryScreenAndCanBeReadByDayAndNight) {
  if (std::system("command -v chromium >/dev/null 2>&1") != 0) GTEST_SKIP() << "skipped: chromium is not installed";
  const tests::TemporaryFolder folder;
  const auto letters = Letters::load(shipped_letters(), shipped_partials());
  ASSERT_TRUE(letters.has_value());
  std::vector<std::string> files;
  for (const Letter& letter : letters->all()) {
    // Plain letters share one frame: those of two journeys stand for all.
    constexpr std::string_view kLooked[] = {"five-letters/", "welcome-back/", "cart-memory/", "gift-in-store/"};
    if (std::ranges::none_of(kLooked, [&](std::string_view journey) { return letter.id.starts_with(journey); })) continue;
    for (const Language language : {Language::en, Language::zh_cn, Language::zh_tw}) {
      LetterData data = sample_data(language);
      data.customer.name = "<img src=x onerror=document.title='run'>" + data.customer.name;
      data.recommendations[0].name = "A product whose name goes on for much longer than anybody would like to read on a telephone";
      for (auto& product : data.recommendations) product.image.clear();
      const auto content = render(*letters, letter, value_of(data), {.reader = language});
      ASSERT_TRUE(content.has_value()) << content.error().message;
      std::string name = fmt::format("{}.{}.html", letter.id, tag_of(language));
      std::ranges::replace(name, '/', '.');
      tests::write_file(folder.path() / name, content->html);
      files.push_back(name);
    }
  }
  ASSERT_EQ(files.size(), 42U);
  for (const bool dark : {false, true}) {
    for (const int width : {1280, 390}) {
      const std::string found = measured(folder.path(), files, width, dark);
      EXPECT_TRUE(found.starts_with("wide=0 scripts=0 shown=")) << found;
      EXPECT_EQ(found.find("shown=0 "), std::string::npos) << found;
      EXPECT_TRUE(found.ends_with("weak=")) << (dark ? "dark, " : "light, ") << width << ": " << found;
    }
  }
}

}  // namespace
