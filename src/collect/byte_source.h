#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/charset.h"
#include "base/error.h"

namespace collect {

/// Bytes that come one piece after another. Used from one thread.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Puts up to `capacity` bytes at `out` and says how many; 0 only at the end.
  virtual base::Result<std::size_t> read(char* out, std::size_t capacity) = 0;

  /// How much of the file on disk has been used, for progress.
  virtual std::uint64_t position() const = 0;
};

/// What a file is, by its first bytes.
enum class FileForm : std::uint8_t { text, gzip, parquet };

struct FileFacts {
  FileForm form = FileForm::text;
  std::uint64_t bytes = 0;
};

/// Looks at a file. An error that names it when it cannot be read or is empty, or is a kind of file that is never a
/// table here (xlsx, zip).
base::Result<FileFacts> look_at(const std::string& path);

/// The bytes of a file, unpacked when it is gzip (also of several members).
base::Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);

/// The bytes of `inner` as UTF-8 text; the charset is recognised unless told.
class TextSource : public ByteSource {
 public:
  TextSource(std::unique_ptr<ByteSource> inner, std::optional<base::Charset> told);
  base::Result<std::size_t> read(char* out, std::size_t capacity) override;
  std::uint64_t position() const override { return inner_->position(); }
  base::Charset charset() const { return decoder_.charset(); }
  std::uint64_t replaced() const { return decoder_.replaced(); }

 private:
  std::unique_ptr<ByteSource> inner_;
  base::TextDecoder decoder_;
  std::string piece_;
  std::string text_;
  std::size_t given_ = 0;
  bool ended_ = false;
};

/// A string as a source, handed out in pieces of at most `piece` bytes. The bytes are borrowed.
std::unique_ptr<ByteSource> source_of(std::string_view bytes, std::size_t piece = 1 << 16);

}  // namespace collect
