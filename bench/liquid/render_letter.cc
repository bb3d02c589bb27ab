// render_letter TEMPLATE DATA RUNS: renders a letter over and over on one thread and prints, as JSON, the renders per
// second of each run of a third of a second; with RUNS 0, the rendered letter. bench/liquid.py compares it with liquidjs.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "liquid/template.h"
#include "tests/liquid/json_value.h"

namespace {

std::string read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fputs("render_letter TEMPLATE DATA RUNS\n", stderr), 2;
  const auto source = liquid::parse(read(argv[1]), {.name = argv[1]});
  if (!source) return std::fprintf(stderr, "%s\n", source.error().message.c_str()), 1;
  const liquid::Value data = tests::to_value(nlohmann::ordered_json::parse(read(argv[2])));
  const liquid::RenderOptions options;
  std::string out;
  const auto once = [&] {
    out.clear();
    return liquid::render(*source, data, options, out).has_value();
  };
  if (!once()) return 1;
  const int runs = std::atoi(argv[3]);
  if (runs == 0) return std::fwrite(out.data(), 1, out.size(), stdout), 0;
  using Clock = std::chrono::steady_clock;
  std::string rates;
  for (int run = 0; run < runs; ++run) {
    const auto start = Clock::now();
    std::chrono::duration<double> taken{};
    std::size_t count = 0;
    do {
      for (int i = 0; i < 100; ++i) once();
      count += 100;
      taken = Clock::now() - start;
    } while (taken.count() < 0.33);
    rates += fmt::format("{}{:.1f}", run == 0 ? "" : ",", static_cast<double>(count) / taken.count());
  }
  std::printf("[%s]\n", rates.c_str());
}
