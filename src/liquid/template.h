#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "liquid/value.h"

namespace liquid {

struct Program;

/// A template read once and rendered as often as wanted. Immutable: any number of threads may share one, copies are
/// cheap.
class Template {
 public:
  explicit Template(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  const std::string& name() const;
  const Program& program() const { return *program_; }

 private:
  std::shared_ptr<const Program> program_;  // shared: immutable, kept by every copy
};

struct ParseOptions {
  std::string name = "template";          ///< how errors call it, best its file
  std::size_t first_line = 1;             ///< the line of the file that the text begins on
  std::size_t most_bytes = 1024 * 1024;   ///< of text
  std::size_t most_depth = 64;            ///< of blocks in blocks and brackets in brackets
  bool unknown_filters_are_errors = true; ///< otherwise such a filter leaves its input as it is
};

/// Reads a template. The error names template, line and column and says what is wrong.
base::Result<Template> parse(std::string_view text, const ParseOptions& options = {});

/// What one rendering may use before it is refused.
struct Limits {
  std::uint64_t steps = 1'000'000;               ///< tags, outputs, loop rounds; long texts and lists count by length
  std::uint64_t loop_rounds = 100'000;           ///< of all loops together
  std::size_t output_bytes = 2 * 1024 * 1024;
  std::size_t memory_bytes = 8 * 1024 * 1024;    ///< for what filters, assignments and captures make
  std::size_t depth = 16;                        ///< of partials in partials
  std::int64_t milliseconds = 1'000;             ///< by `RenderOptions::milliseconds`, when that is given
};

struct RenderOptions {
  bool autoescape = true;  ///< HTML: what is shown is escaped unless marked by `raw` or `safe`; off for plain text
  bool strict = false;     ///< a variable that is not there is an error where it is shown, filtered or looped over
  Limits limits{};
  base::Instant now{};              ///< what 'now' and 'today' mean to `date`
  const base::Zone* zone = nullptr; ///< the zone `date` reads and writes in; UTC when there is none
  /// The partial of that name for `include` and `render`, or nullptr; it must outlive the rendering.
  std::function<const Template*(std::string_view name)> partial{};
  /// A monotonic clock looked at every few thousand steps; without one only steps count, so results repeat exactly.
  std::function<std::int64_t()> milliseconds{};
};

/// Appends the rendered text to `out`; on an error `out` is as it was. `data` must be an object (nil means none).
base::Result<void> render(const Template& source, const Value& data, const RenderOptions& options, std::string& out);

/// A variable of the data that a template uses.
struct Variable {
  std::string path;      ///< "customer.first_name"; "[]" stands for any element: "orders[].name"; "first" and "last" may be
                         ///< members or elements, and stand as they were written
  std::string where;     ///< the template (or partial) it stands in
  std::size_t line = 0;
  bool required = true;  ///< false where its absence is provided for: within or in a condition on it, or before `default`
};

/// Every use of the data, through assignments, loops and partials that `partial` knows; in the order of the text.
/// Members of what a filter made are not followed.
std::vector<Variable> variables(const Template& source,
                                const std::function<const Template*(std::string_view)>& partial = {});

/// The names of partials used by `include` and `render` as written (not those a variable names).
std::vector<Variable> partials_used(const Template& source);

/// A piece of text that is shown as it stands in the template: between tags, or a string within one.
struct LiteralText {
  std::string_view text;  ///< borrowed from the template
  std::size_t line = 0;   ///< of its first character
};
std::vector<LiteralText> literal_texts(const Template& source);

}  // namespace liquid
