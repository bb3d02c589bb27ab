#include <benchmark/benchmark.h>

#include "act/letter/data.h"
#include "act/letter/html_to_text.h"
#include "act/letter/letter.h"

namespace {

using namespace act::letter;

const Letters& shipped() {
  static const Letters letters = *Letters::load(shipped_letters(), shipped_partials());
  return letters;
}

Occasion occasion() {
  Occasion made;
  made.link = [](std::string_view url) { return "https://t.example/c/0123456789abcdef0123456789abcdef?" + std::string(url.substr(0, 8)); };
  made.open_url = "https://t.example/o/0123456789abcdef0123456789abcdef";
  return made;
}

/// One letter for one customer: data, HTML, links, text and subject.
void letter_for_a_customer(benchmark::State& state) {
  const Letter& letter = *shipped().find("five-letters/exclusive");
  const LetterData data = sample_data(Language::en);
  const Occasion now = occasion();
  std::size_t bytes = 0;
  for (auto _ : state) {
    auto content = render(shipped(), letter, value_of(data), now);
    bytes += content->html.size();
    benchmark::DoNotOptimize(content);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(letter_for_a_customer);

void text_of_a_letter(benchmark::State& state) {
  const LetterData data = sample_data(Language::zh_cn);
  const auto content = render(shipped(), *shipped().find("five-letters/exclusive"), value_of(data), {.reader = Language::zh_cn});
  for (auto _ : state) benchmark::DoNotOptimize(html_to_text(content->html));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(content->html.size()));
}
BENCHMARK(text_of_a_letter);

void data_of_a_customer(benchmark::State& state) {
  const LetterData data = sample_data(Language::en);
  for (auto _ : state) benchmark::DoNotOptimize(value_of(data));
}
BENCHMARK(data_of_a_customer);

}  // namespace
