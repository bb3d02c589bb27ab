#include "collect/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>

namespace collect {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kPiece = 256 * 1024;

class FileBytes : public ByteSource {
 public:
  FileBytes(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~FileBytes() override { ::close(descriptor_); }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  Result<std::size_t> read(char* out, std::size_t capacity) override {
    for (;;) {
      const ssize_t got = ::read(descriptor_, out, capacity);
      if (got >= 0) {
        position_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
      }
      if (errno != EINTR) return fail(Code::invalid_input, "{}: cannot be read: {}", path_, std::strerror(errno));
    }
  }
  std::uint64_t position() const override { return position_; }

 private:
  int descriptor_;
  std::string path_;
  std::uint64_t position_ = 0;
};

Result<std::unique_ptr<ByteSource>> open_raw(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(Code::not_found, "{}: cannot be opened: {}", path, std::strerror(errno));
  return std::make_unique<FileBytes>(descriptor, path);
}

class GzipBytes : public ByteSource {
 public:
  GzipBytes(std::unique_ptr<ByteSource> inner, std::string path) : inner_(std::move(inner)), path_(std::move(path)) {
    WB_CHECK(inflateInit2(&stream_, 15 + 16) == Z_OK);
  }
  ~GzipBytes() override { inflateEnd(&stream_); }
  GzipBytes(const GzipBytes&) = delete;
  GzipBytes& operator=(const GzipBytes&) = delete;

  Result<std::size_t> read(char* out, std::size_t capacity) override {
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(capacity);
    while (stream_.avail_out == capacity && !ended_) {
      if (stream_.avail_in == 0) {
        WB_ASSIGN(const std::size_t got, inner_->read(packed_.data(), packed_.size()));
        stream_.next_in = reinterpret_cast<Bytef*>(packed_.data());
        stream_.avail_in = static_cast<uInt>(got);
        if (got == 0) {
          if (!between_members_) return fail(Code::corrupt, "{}: the gzip file is cut off; fetch it again", path_);
          ended_ = true;
          break;
        }
      }
      if (between_members_) {
        if (*stream_.next_in != 0x1F) {  // padding after the last member
          ended_ = true;
          break;
        }
        inflateReset(&stream_);
        between_members_ = false;
      }
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        between_members_ = true;
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return fail(Code::corrupt, "{}: the gzip file is damaged at byte {}; fetch it again", path_,
                    inner_->position());
      }
    }
    return capacity - stream_.avail_out;
  }
  std::uint64_t position() const override { return inner_->position(); }

 private:
  std::unique_ptr<ByteSource> inner_;
  std::string path_;
  std::vector<char> packed_ = std::vector<char>(kPiece);
  z_stream stream_{};
  bool between_members_ = false;
  bool ended_ = false;
};

class StringBytes : public ByteSource {
 public:
  StringBytes(std::string_view bytes, std::size_t piece) : bytes_(bytes), piece_(piece) {}
  Result<std::size_t> read(char* out, std::size_t capacity) override {
    const std::size_t count = std::min({capacity, piece_, bytes_.size() - at_});
    std::memcpy(out, bytes_.data() + at_, count);
    at_ += count;
    return count;
  }
  std::uint64_t position() const override { return at_; }

 private:
  std::string_view bytes_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

}  // namespace

Result<FileFacts> look_at(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0)
    return fail(Code::not_found, "{}: cannot be opened: {}", path, std::strerror(errno));
  if (!S_ISREG(facts.st_mode)) return fail(Code::invalid_input, "{}: is no file", path);
  if (facts.st_size == 0) return fail(Code::invalid_input, "{}: is empty", path);
  WB_ASSIGN(const auto source, open_raw(path));
  char magic[4] = {};
  WB_ASSIGN(const std::size_t got, source->read(magic, sizeof magic));
  const std::string_view start{magic, got};
  FileFacts result{FileForm::text, static_cast<std::uint64_t>(facts.st_size)};
  if (start.starts_with("\x1F\x8B")) result.form = FileForm::gzip;
  if (start == "PAR1") result.form = FileForm::parquet;
  if (start.starts_with("PK\x03\x04") || start == "\xD0\xCF\x11\xE0") {
    return fail(Code::unsupported, "{}: is a spreadsheet or zip archive; save the sheet as CSV (UTF-8) and import that",
                path);
  }
  return result;
}

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  WB_ASSIGN(const FileFacts facts, look_at(path));
  WB_ASSIGN(auto source, open_raw(path));
  if (facts.form == FileForm::gzip) source = std::make_unique<GzipBytes>(std::move(source), path);
  return source;
}

TextSource::TextSource(std::unique_ptr<ByteSource> inner, std::optional<base::Charset> told)
    : inner_(std::move(inner)), decoder_(told ? base::TextDecoder{*told} : base::TextDecoder{}) {
  piece_.resize(kPiece);
}

Result<std::size_t> TextSource::read(char* out, std::size_t capacity) {
  while (given_ == text_.size() && !ended_) {
    text_.clear();
    given_ = 0;
    // A first piece should be big enough to tell the charset by, whatever pieces the source has.
    std::size_t filled = 0;
    while (filled < piece_.size()) {
      WB_ASSIGN(const std::size_t got, inner_->read(piece_.data() + filled, piece_.size() - filled));
      if (got == 0) {
        ended_ = true;
        break;
      }
      filled += got;
    }
    decoder_.decode({piece_.data(), filled}, ended_, text_);
  }
  const std::size_t count = std::min(capacity, text_.size() - given_);
  std::memcpy(out, text_.data() + given_, count);
  given_ += count;
  return count;
}

std::unique_ptr<ByteSource> source_of(std::string_view bytes, std::size_t piece) {
  return std::make_unique<StringBytes>(bytes, piece);
}

}  // namespace collect
