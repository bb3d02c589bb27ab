#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "http/message.h"

namespace entry {

/// The JSON object of a request's body, read field by field. Errors name the field and never repeat its value; fields
/// nobody asks for are an error at `end`, so that nothing is set by accident.
class Body {
 public:
  /// `invalid_input` for what is no JSON object of at most 16 KB.
  static base::Result<Body> read(const http::Request& request);
  ~Body();
  Body(Body&&) noexcept;
  Body& operator=(Body&&) = delete;

  /// One line of 1 to `most` bytes without control characters.
  base::Result<std::string> line(std::string_view field, std::size_t most = 200);
  base::Result<std::optional<std::string>> line_if_there(std::string_view field, std::size_t most = 200);  ///< may be empty

  /// Any text of at most `most` bytes, exactly as it was sent.
  base::Result<std::string> text(std::string_view field, std::size_t most);

  base::Result<std::vector<std::string>> lines(std::string_view field);

  /// Fails when the object holds a field that was not read.
  base::Result<void> end() const;

 private:
  struct Tree;
  explicit Body(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

/// Whether the text is one line of 1 to `most` bytes of UTF-8 without control characters; else the error names the field.
base::Result<void> check_line(std::string_view field, std::string_view text, std::size_t most);

}  // namespace entry
