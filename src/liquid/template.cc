#include "liquid/template.h"

#include <algorithm>

#include "liquid/parser.h"
#include "liquid/renderer.h"

namespace liquid {
namespace {

base::Error error_at(const Program& program, const Failure& failure, std::uint32_t at) {
  const auto place = program.place(at);
  return {failure.code, fmt::format("{}:{}:{}: {}", program.name, place.line, place.column, failure.sentence)};
}

}  // namespace

const std::string& Template::name() const { return program_->name; }

std::size_t Program::line(std::uint32_t at) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(lines, at) - 1 - lines.begin()) + first_line;
}

Program::Place Program::place(std::uint32_t at) const {
  at = std::min(at, static_cast<std::uint32_t>(text.size()));
  const std::size_t number = line(at);
  std::size_t column = 1;
  for (std::uint32_t i = lines[number - first_line]; i < at; ++i) column += (text[i] & 0xC0) != 0x80 ? 1 : 0;
  return {number, column};
}

base::Result<Template> parse(std::string_view text, const ParseOptions& options) {
  if (text.size() > options.most_bytes) {
    return base::fail(base::Code::exhausted, "{}: the template has {} bytes, and no more than {} are allowed", options.name, text.size(),
                      options.most_bytes);
  }
  auto program = std::make_shared<Program>();
  program->name = options.name;
  program->text = text;
  program->first_line = options.first_line;
  program->lines.push_back(0);
  for (std::uint32_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n') program->lines.push_back(at + 1);
  }
  try {
    Parser(*program, options).parse();
  } catch (const Failure& failure) {
    return std::unexpected(error_at(*program, failure, failure.at == Failure::kHere ? 0 : failure.at));
  }
  return Template(std::move(program));
}

base::Result<void> render(const Template& source, const Value& data, const RenderOptions& options, std::string& out) {
  const Program& program = source.program();
  Output output(out, options.limits.output_bytes, program.text_bytes + program.text_bytes / 2 + 256);
  Renderer renderer(program, data, options, output);
  try {
    renderer.run();
    output.check_length();
  } catch (const Failure& failure) {
    output.cancel();
    return std::unexpected(error_at(renderer.program(), failure, failure.at == Failure::kHere ? renderer.at() : failure.at));
  }
  output.finish();
  return {};
}

}  // namespace liquid
