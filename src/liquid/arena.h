#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "liquid/cell.h"
#include "liquid/failure.h"

namespace liquid {

/// Memory that lives as long as one rendering. The first piece lies within the object, so that most renderings
/// allocate nothing. Throws Failure past its limit.
class Arena {
 public:
  explicit Arena(std::size_t limit) : limit_(limit) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* take(std::size_t bytes) {
    bytes = (bytes + 15) & ~std::size_t{15};
    if (bytes > static_cast<std::size_t>(end_ - cursor_)) refill(bytes);
    std::byte* at = cursor_;
    cursor_ += bytes;
    return at;
  }
  char* text(std::size_t bytes) { return static_cast<char*>(take(bytes)); }
  Cell* cells(std::size_t count) { return static_cast<Cell*>(take(count * sizeof(Cell))); }

  Cell copy(std::string_view value, bool safe = false) {
    char* bytes = text(value.size());
    if (!value.empty()) std::memcpy(bytes, value.data(), value.size());
    return Cell::of_text({bytes, value.size()}, safe);
  }

 private:
  void refill(std::size_t bytes) {
    const std::size_t size = std::max<std::size_t>(bytes, 16 * 1024);
    used_ += size;
    if (bytes > limit_ || used_ > limit_) {
      throw Failure{base::Code::exhausted, "the template makes more than the memory allowed for one letter; "
                                           "look for text or lists that grow in a loop", Failure::kHere};
    }
    more_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
    cursor_ = more_.back().get();
    end_ = cursor_ + size;
  }

  std::size_t limit_;
  std::size_t used_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> more_;
  alignas(16) std::byte first_[4096];
  std::byte* cursor_ = first_;
  std::byte* end_ = first_ + sizeof(first_);
};

}  // namespace liquid
