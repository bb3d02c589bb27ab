#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace base {

/// Encodings of text files that people in fact send.
enum class Charset : std::uint8_t { utf8, utf16_le, utf16_be, gb18030, big5, windows_1252 };

/// "UTF-8", "GB18030", …
std::string_view name_of(Charset charset);

/// The charset of that name or of a usual alias ("gbk", "latin-1"); an error that lists them otherwise.
Result<Charset> charset_named(std::string_view name);

/// Whether the bytes are UTF-8 throughout. With `may_be_cut` a last character may be incomplete.
bool is_utf8(std::string_view bytes, bool may_be_cut = false);

/// Guesses the charset of a piece of a text without byte order mark that is not UTF-8: GB18030 and Big5 by the shape
/// and frequency of their pairs, Windows-1252 (which includes printable Latin-1) otherwise.
Charset guess_charset(std::string_view piece);

/// Turns bytes of any charset into UTF-8, piece by piece; the pieces may be cut anywhere. Unless told, it recognises
/// the charset: by a byte order mark, by UTF-8 validity, and by `guess_charset` on the first piece that is not plain
/// ASCII (plain ASCII means the same in all of them). Bytes that are wrong in the charset become U+FFFD and are
/// counted.
class TextDecoder {
 public:
  TextDecoder();
  explicit TextDecoder(Charset told);
  ~TextDecoder();
  TextDecoder(TextDecoder&&) noexcept;
  TextDecoder& operator=(TextDecoder&&) noexcept;

  /// Appends the UTF-8 text of the piece to `out`. `last` says that nothing follows.
  void decode(std::string_view piece, bool last, std::string& out);

  /// UTF-8 as long as only ASCII has come.
  Charset charset() const;

  /// How many wrong byte sequences were replaced.
  std::uint64_t replaced() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace base
