#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace app {

/// One JSON object from outside, read field by field. Every error names the field and what may stand there; none repeats
/// its value.
class JsonObject {
 public:
  /// Fails on what is not JSON (RFC 8259, UTF-8), nested deeper than 64 levels, or no object.
  static base::Result<JsonObject> parse(std::string_view text);
  ~JsonObject();
  JsonObject(JsonObject&&) noexcept;
  JsonObject& operator=(JsonObject&&) = delete;

  /// A text of 1 to `most` bytes without control characters.
  base::Result<std::string> text(std::string_view field, std::size_t most = 200) const;
  base::Result<std::optional<std::string>> text_if_there(std::string_view field, std::size_t most = 200) const;

  /// The same of at most `most` bytes, in which lines may end; empty is nothing.
  base::Result<std::optional<std::string>> words_if_there(std::string_view field, std::size_t most) const;

  /// An amount of money, 12.5 or "12.50", in hundredths; not negative.
  base::Result<std::optional<std::int64_t>> money_if_there(std::string_view field) const;

  /// "2026-11-22T10:15:00Z", "2026-11-22T10:15:00.250+08:00" (RFC 3339).
  base::Result<std::optional<base::Instant>> moment_if_there(std::string_view field) const;

 private:
  struct Tree;
  explicit JsonObject(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

/// Whether the text is UTF-8 of 1 to `most` bytes without control characters; else the error names the field.
base::Result<void> check_text(std::string_view field, std::string_view text, std::size_t most = 200);

using base::parse_moment;

}  // namespace app
