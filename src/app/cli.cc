#include "app/cli.h"

#include <CLI/CLI.hpp>

#include "text/language.h"

namespace app {

int run(int argc, char** argv) {
  CLI::App program{std::string{text::say(text::Language::en, text::Word::program_purpose)}, "winback"};
  CLI11_PARSE(program, argc, argv);
  return 0;
}

}  // namespace app
